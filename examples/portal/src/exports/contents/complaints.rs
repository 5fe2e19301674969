//! What the person has complained about, and the letters that answered.

use upheld_consent::export::{Cell, Reuse, Table};
use upheld_consent::letter::Letter;

use super::super::ContentsError;
use super::Contents;
use crate::complaints;
use crate::id::PersonId;
use crate::letters::Paper;
use crate::people::Contact;
use crate::records::Records;

impl Contents {
    /// Adds nothing for whoever has not complained: few have.
    pub(super) async fn add_complaints(
        &mut self,
        records: &Records,
        (person, contact): (PersonId, &Contact),
    ) -> Result<(), ContentsError> {
        let columns = ["reference", "received", "state", "to_be_acknowledged_by", "your_words"];
        let mut table = Table::new("complaints", "Your complaints", &columns, Reuse::Portable)?;
        let complained = complaints::list(records, person).await?;
        for one in &complained {
            let complaint = &one.complaint;
            table.push(vec![
                Cell::Text(one.id.to_string()),
                Cell::Text(complaint.received().to_string()),
                Cell::text(complaints::where_it_stands(complaint.stage())),
                one.due()?.map_or(Cell::Empty, |due| Cell::Text(due.to_string())),
                Cell::text(complaint.about().as_str()),
            ])?;
            let paper = Paper::new(one.id, &[&contact.name, &contact.email])?;
            let letters = paper.sent_of_complaint(&one.events)?;
            for (number, letter) in (1..).zip(letters.iter().map(Letter::to_text)) {
                let path = format!("complaints/{}/letter-{number}.txt", one.id);
                self.0.add_file(&path, "text/plain; charset=utf-8", letter.into_bytes())?;
            }
        }
        if complained.is_empty() { Ok(()) } else { Ok(self.0.add_table(table)?) }
    }
}
