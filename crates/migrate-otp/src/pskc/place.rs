//! Where the elements of a container stand: RFC 6030 §4.

const PSKC: &str = "urn:ietf:params:xml:ns:keyprov:pskc";
const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Which value an element belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    MacKey,
    Secret,
    Counter,
    Time,
    Interval,
    Drift,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Document,
    Container,
    EncryptionKey,
    OtherKey,
    MacMethod,
    Package,
    DeviceInfo,
    SerialNo,
    Key,
    Issuer,
    FriendlyName,
    UserId,
    Parameters,
    Suite,
    ResponseFormat,
    Data,
    Value(Of),
    Plain(Of),
    Encrypted(Of),
    Method(Of),
    CipherData(Of),
    Cipher(Of),
    Mac(Of),
    Policy,
    Signature,
    Ignored,
}

impl Place {
    /// Where an element leads.
    pub(super) fn child(self, namespace: &str, name: &str) -> Self {
        match (self, namespace, name) {
            (Self::Document, PSKC, "KeyContainer") => Self::Container,
            (Self::Container, PSKC, "EncryptionKey") => Self::EncryptionKey,
            (Self::EncryptionKey, DSIG, "KeyName") => Self::Ignored,
            (Self::EncryptionKey, ..) => Self::OtherKey,
            (Self::Container, PSKC, "MACMethod") => Self::MacMethod,
            (Self::MacMethod, PSKC, "MACKey") => Self::Encrypted(Of::MacKey),
            (Self::Container, DSIG, "Signature") => Self::Signature,
            (Self::Container, PSKC, "KeyPackage") => Self::Package,
            (Self::Package, PSKC, "DeviceInfo") => Self::DeviceInfo,
            (Self::DeviceInfo, PSKC, "SerialNo") => Self::SerialNo,
            (Self::Package, PSKC, "Key") => Self::Key,
            (Self::Key, PSKC, "Issuer") => Self::Issuer,
            (Self::Key, PSKC, "FriendlyName") => Self::FriendlyName,
            (Self::Key, PSKC, "UserId") => Self::UserId,
            (Self::Key, PSKC, "Policy") => Self::Policy,
            (Self::Key, PSKC, "AlgorithmParameters") => Self::Parameters,
            (Self::Parameters, PSKC, "Suite") => Self::Suite,
            (Self::Parameters, PSKC, "ResponseFormat") => Self::ResponseFormat,
            (Self::Key, PSKC, "Data") => Self::Data,
            (Self::Data, PSKC, "Secret") => Self::Value(Of::Secret),
            (Self::Data, PSKC, "Counter") => Self::Value(Of::Counter),
            (Self::Data, PSKC, "Time") => Self::Value(Of::Time),
            (Self::Data, PSKC, "TimeInterval") => Self::Value(Of::Interval),
            (Self::Data, PSKC, "TimeDrift") => Self::Value(Of::Drift),
            (Self::Value(of), PSKC, "PlainValue") => Self::Plain(of),
            (Self::Value(of), PSKC, "EncryptedValue") => Self::Encrypted(of),
            (Self::Value(of), PSKC, "ValueMAC") => Self::Mac(of),
            (Self::Encrypted(of), XENC, "EncryptionMethod") => Self::Method(of),
            (Self::Encrypted(of), XENC, "CipherData") => Self::CipherData(of),
            (Self::CipherData(of), XENC, "CipherValue") => Self::Cipher(of),
            _ => Self::Ignored,
        }
    }

    pub(super) const fn is_text(self) -> bool {
        matches!(
            self,
            Self::SerialNo
                | Self::Issuer
                | Self::FriendlyName
                | Self::UserId
                | Self::Suite
                | Self::Plain(_)
                | Self::Cipher(_)
                | Self::Mac(_)
        )
    }
}
