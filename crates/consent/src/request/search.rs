//! Looking for the data, and reading what was found.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Command, Context, Event, Item, Name, Other, Rejection, Request, SearchPlan, SearchResult,
    Verdict,
};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Search {
    pub(super) plans: Vec<SearchPlan>,
    pub(super) sources: BTreeMap<Name, Option<SearchResult>>,
    pub(super) processors: BTreeMap<Name, Option<SearchResult>>,
    pub(super) items: BTreeMap<Name, (Item, Option<Verdict>)>,
    /// The sources that were looked through since the request came or was taken up again.
    through: BTreeSet<Name>,
    /// The processors that looked since then.
    by: BTreeSet<Name>,
}

impl Request {
    /// Events of looking for the data and of reading what was found.
    pub(super) fn search_event(
        &self,
        command: Command,
        context: &Context<'_>,
    ) -> Result<Event, Rejection> {
        let search = &self.search;
        Ok(match command {
            Command::BeginCollection(plan) => {
                let distinct: BTreeSet<_> = plan.sources.iter().collect();
                if distinct.is_empty() || distinct.len() != plan.sources.len() {
                    return Err(Rejection::Sources);
                }
                Event::CollectionBegun(plan)
            }
            Command::FindItem(item) => {
                let is_known = search.sources.contains_key(&item.source)
                    || search.processors.contains_key(&item.source);
                if !is_known {
                    return Err(Rejection::Unknown { name: item.source });
                }
                if search.items.contains_key(&item.name) {
                    return Err(Rejection::Duplicate { name: item.name });
                }
                Event::ItemFound(item)
            }
            Command::FinishSource { source, result } => match search.sources.get(&source) {
                None => return Err(Rejection::Unknown { name: source }),
                Some(_) => Event::SourceFinished { source, result },
            },
            Command::InstructProcessor { processor } => {
                if search.processors.contains_key(&processor) {
                    return Err(Rejection::Duplicate { name: processor });
                }
                Event::ProcessorInstructed { processor }
            }
            Command::FinishProcessor { processor, result } => {
                match search.processors.get(&processor) {
                    None => return Err(Rejection::Unknown { name: processor }),
                    Some(_) => Event::ProcessorFinished { processor, result },
                }
            }
            Command::SubmitForReview => {
                let all = search.sources.iter().chain(&search.processors);
                let open: Vec<Name> = all
                    .filter(|(_, result)| result.is_none())
                    .map(|(name, _)| name.clone())
                    .collect();
                if !open.is_empty() {
                    return Err(Rejection::Unfinished { names: open });
                }
                Event::SubmittedForReview
            }
            Command::Review { item, verdict } => {
                self.check_verdict(&item, &verdict, context)?;
                Event::Reviewed { item, verdict }
            }
            other => {
                let (act, stage) = (other.act(), Some(self.stage()));
                return Err(Rejection::NotHere { act, stage });
            }
        })
    }
}

impl Search {
    pub(super) fn take(&mut self, event: &Event) {
        match event {
            Event::CollectionBegun(plan) => {
                self.plans.push(plan.clone());
                for source in &plan.sources {
                    self.sources.insert(source.clone(), None);
                    self.through.remove(source);
                }
            }
            Event::ItemFound(item) => {
                self.items.insert(item.name.clone(), (item.clone(), None));
            }
            Event::SourceFinished { source, result } => {
                self.sources.insert(source.clone(), Some(result.clone()));
                note(&mut self.through, source, result);
            }
            Event::ProcessorInstructed { processor } => {
                self.processors.insert(processor.clone(), None);
            }
            Event::ProcessorFinished { processor, result } => {
                self.processors.insert(processor.clone(), Some(result.clone()));
                note(&mut self.by, processor, result);
            }
            // What is new is looked for anew.
            Event::Reopened { .. } => {
                self.through.clear();
                self.by.clear();
            }
            Event::Reviewed { item, verdict } => {
                if let Some((_, reviewed)) = self.items.get_mut(item) {
                    *reviewed = Some(verdict.clone());
                }
            }
            _ => {}
        }
    }

    /// Whether anything was looked through: a search that passed over each of its sources is none.
    /// Nor is one that was made before the request was taken up again.
    pub(super) fn is_made(&self) -> bool {
        !self.through.is_empty() || !self.by.is_empty()
    }

    /// What is kept back, in whole or in part, because it tells about somebody, and about whom.
    pub(super) fn kept_back_for_others(&self) -> impl Iterator<Item = (&Item, Other)> {
        let read =
            self.items.values().filter_map(|(item, verdict)| Some((item, verdict.as_ref()?)));
        read.filter_map(|(item, verdict)| Some((item, verdict.ground()?.other()?)))
    }
}

fn note(looked: &mut BTreeSet<Name>, name: &Name, result: &SearchResult) {
    if matches!(result, SearchResult::Searched) {
        looked.insert(name.clone());
    } else {
        looked.remove(name);
    }
}
