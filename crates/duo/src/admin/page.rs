//! Long lists, page by page.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::Call;

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next one begins, as Duo spells it; `None` after the last.
    pub next: Option<String>,
    /// How many there are in all, if Duo tells.
    pub total: Option<u64>,
}

/// A call that answers a page.
pub trait Paged: Call<Output = Page<Self::Item>> + Sized {
    /// What the list is of.
    type Item;

    /// The call for the page that begins at `next`.
    #[must_use]
    fn starting_at(&self, next: &str) -> Self;
}

/// The calls for all pages of a list, one after the other.
///
/// ```
/// use upheld_duo::admin::{List, Page, Pages, User};
/// # use upheld_duo::ReplyError;
/// # fn send(_call: &List<User>) -> Result<Page<User>, ReplyError> {
/// #     Err(ReplyError::UnknownResult)
/// # }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut pages = Pages::of(List::users());
/// let mut users = Vec::new();
/// while let Some(call) = pages.next_call() {
/// #   if true { return Ok(()); }
///     let page = send(call)?;
///     users.extend(pages.accept(page)?);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Pages<C> {
    next: Option<C>,
    /// Where each page began, hashed: the server decides how long a start is.
    starts: BTreeSet<[u8; 32]>,
}

/// Why a list is not read on: it would never end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PagesError {
    /// The server names a page again that was read.
    #[error("the next page begins where one before it did")]
    Circle,
    /// The server names another page after one with nothing on it.
    #[error("a page with nothing on it is followed by another")]
    Empty,
    /// There are more than anybody has.
    #[error("more than {} pages", MAX_PAGES)]
    TooMany,
}

/// The most pages of one list: a hundred million entries of a log, on the largest pages there are.
const MAX_PAGES: usize = 100_000;

impl<C: Paged> Pages<C> {
    /// All pages from this one on.
    #[must_use]
    pub const fn of(first: C) -> Self {
        Self { next: Some(first), starts: BTreeSet::new() }
    }

    /// The call to send next; `None` when all pages were read.
    #[must_use]
    pub const fn next_call(&self) -> Option<&C> {
        self.next.as_ref()
    }

    /// Takes the answer to that call, and hands out what is on it.
    ///
    /// # Errors
    ///
    /// [`PagesError`] when the list goes round in circles.
    pub fn accept(&mut self, page: Page<C::Item>) -> Result<Vec<C::Item>, PagesError> {
        let current = self.next.take();
        if let Some((call, start)) = current.zip(page.next) {
            if page.items.is_empty() {
                return Err(PagesError::Empty);
            }
            if self.starts.len() >= MAX_PAGES {
                return Err(PagesError::TooMany);
            }
            if !self.starts.insert(Sha256::digest(&start).into()) {
                return Err(PagesError::Circle);
            }
            self.next = Some(call.starting_at(&start));
        }
        Ok(page.items)
    }
}
