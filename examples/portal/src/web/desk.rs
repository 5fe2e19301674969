//! The pages of the desk: the queue, a request or a complaint, and what is done about it.

mod act;
mod answers;
mod assign;
mod case;
mod commands;
mod complaint;
mod fields;
mod forms;
mod grounds;
mod handling;
mod labels;
mod queue;
mod timeline;

pub(super) use act::act;
pub(super) use assign::assign;
pub(super) use case::page as case;
pub(super) use queue::page as queue;
