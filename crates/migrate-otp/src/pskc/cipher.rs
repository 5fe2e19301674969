//! Encrypted values: AES-128-CBC, authenticated with HMAC-SHA-1 (RFC 6030 §6.1).

use aes::Aes128;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hmac::Mac;
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use super::PreSharedKey;
use super::fault::KeyFault;
use crate::ExportError;
use crate::steam::keyed;

const BLOCK: usize = 16;

/// The two keys of a container.
pub(super) struct Keys {
    encryption: Zeroizing<[u8; 16]>,
    mac: Zeroizing<Vec<u8>>,
}

/// An encrypted value and its MAC.
pub(super) struct Sealed {
    pub(super) ciphertext: Vec<u8>,
    pub(super) mac: [u8; 20],
}

impl Keys {
    /// The pre-shared key and the MAC key that it decrypts.
    pub(super) fn open(key: &PreSharedKey, encrypted_mac_key: &[u8]) -> Result<Self, KeyFault> {
        let mac = decrypt(&key.0, encrypted_mac_key)?;
        Ok(Self { encryption: key.0.clone(), mac })
    }

    /// The pre-shared key and a new MAC key as long as the MAC.
    pub(super) fn generate<R: TryCryptoRng>(
        key: &PreSharedKey,
        rng: &mut R,
    ) -> Result<Self, ExportError> {
        let mut mac = Zeroizing::new(vec![0; 20]);
        rng.try_fill_bytes(&mut mac).map_err(|_| ExportError::Random)?;
        Ok(Self { encryption: key.0.clone(), mac })
    }

    //= RFC 6030 §6.1.1: the MAC is computed over the encrypted value, initialisation vector included
    pub(super) fn decrypt(
        &self,
        ciphertext: &[u8],
        mac: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
        let mut computed = keyed(&self.mac);
        computed.update(ciphertext);
        computed.verify_slice(mac).map_err(|_| KeyFault::Mac)?;
        decrypt(&self.encryption, ciphertext)
    }

    pub(super) fn encrypt<R: TryCryptoRng>(
        &self,
        plaintext: &[u8],
        rng: &mut R,
    ) -> Result<Sealed, ExportError> {
        let ciphertext = encrypt(&self.encryption, plaintext, rng)?;
        let mut mac = keyed(&self.mac);
        mac.update(&ciphertext);
        Ok(Sealed { ciphertext, mac: mac.finalize().into_bytes().into() })
    }

    pub(super) fn encrypted_mac_key<R: TryCryptoRng>(
        &self,
        rng: &mut R,
    ) -> Result<Vec<u8>, ExportError> {
        encrypt(&self.encryption, &self.mac, rng)
    }
}

/// Takes the initialisation vector off the front and the padding off the end, of which only the
/// last byte is defined: it says how long the padding is.
//= XML Encryption §5.2: padding may have any value but for the last byte, its length
fn decrypt(key: &[u8; 16], ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let (blocks, rest) = ciphertext.as_chunks::<BLOCK>();
    let (Some((iv, blocks)), []) = (blocks.split_first(), rest) else {
        return Err(KeyFault::Ciphertext);
    };
    let mut cipher = cbc::Decryptor::<Aes128>::new(key.into(), iv.into());
    let mut plaintext = Zeroizing::new(Vec::with_capacity(ciphertext.len()));
    for block in blocks {
        let mut block = Zeroizing::new(*block);
        cipher.decrypt_block((&mut *block).into());
        plaintext.extend_from_slice(&*block);
    }
    let padding = usize::from(plaintext.last().copied().unwrap_or_default());
    if !(1..=BLOCK).contains(&padding) {
        return Err(KeyFault::Ciphertext);
    }
    let len = plaintext.len().saturating_sub(padding);
    plaintext.truncate(len);
    Ok(plaintext)
}

fn encrypt<R: TryCryptoRng>(
    key: &[u8; 16],
    plaintext: &[u8],
    rng: &mut R,
) -> Result<Vec<u8>, ExportError> {
    let mut iv = [0; BLOCK];
    rng.try_fill_bytes(&mut iv).map_err(|_| ExportError::Random)?;
    let mut cipher = cbc::Encryptor::<Aes128>::new(key.into(), (&iv).into());
    let mut ciphertext = iv.to_vec();
    let (whole, rest) = plaintext.as_chunks::<BLOCK>();
    let padding = u8::try_from(BLOCK.saturating_sub(rest.len())).unwrap_or_default();
    let mut last = Zeroizing::new([padding; BLOCK]);
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    for block in whole.iter().chain([&*last]) {
        let mut block = Zeroizing::new(*block);
        cipher.encrypt_block((&mut *block).into());
        ciphertext.extend_from_slice(&*block);
    }
    Ok(ciphertext)
}
