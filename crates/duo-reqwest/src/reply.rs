//! A reply while it comes in. It may hold a token, so it is wiped.

use http::Response;
use upheld_duo::ReplyError;
use zeroize::Zeroize;

/// A reply, wiped on drop.
#[derive(Debug)]
pub(crate) struct Reply(Response<Vec<u8>>);

impl Reply {
    pub(crate) const fn of(head: Response<Vec<u8>>) -> Self {
        Self(head)
    }

    pub(crate) const fn get(&self) -> &Response<Vec<u8>> {
        &self.0
    }

    /// Adds what came, up to `limit` bytes in all.
    pub(crate) fn add(&mut self, chunk: &[u8], limit: usize) -> Result<(), ReplyError> {
        let body = self.0.body_mut();
        let bytes = body.len().saturating_add(chunk.len());
        if bytes > limit {
            return Err(ReplyError::TooLarge { bytes, limit });
        }
        if bytes > body.capacity() {
            // Growing by itself would leave a copy behind.
            let mut larger = Vec::with_capacity(bytes.max(body.len().saturating_mul(2)));
            larger.extend_from_slice(body);
            body.zeroize();
            *body = larger;
        }
        body.extend_from_slice(chunk);
        Ok(())
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        self.0.body_mut().zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_pieces_is_whole_and_no_longer_than_allowed() {
        let mut reply = Reply::of(Response::new(Vec::new()));
        let mut expected = Vec::new();
        for length in [0, 1, 2, 700, 3, 5_000, 1] {
            let chunk: Vec<u8> = (0..=255).cycle().take(length).collect();
            reply.add(&chunk, 5_707).unwrap();
            expected.extend_from_slice(&chunk);
            assert_eq!(reply.get().body(), &expected);
        }
        let error = Err(ReplyError::TooLarge { bytes: 5_708, limit: 5_707 });
        assert_eq!(reply.add(b"x", 5_707), error);
        assert_eq!(reply.get().body(), &expected);
    }
}
