//! The README lists the routes that there are.

use portal::{Access, routes};

#[test]
fn the_readme_lists_every_route_with_who_may_use_it() {
    let readme = include_str!("../../README.md");
    let is_route = |line: &&str| line.starts_with("| `GET ") || line.starts_with("| `POST ");
    let listed: Vec<_> = readme.lines().filter(is_route).collect();
    let expected: Vec<_> = routes()
        .iter()
        .map(|route| {
            let access = match route.access {
                Access::PendingLogin => "a pending login",
                Access::Session => "a session",
                Access::FreshSession => "a session, confirmed",
                Access::Staff => "staff",
                Access::Desk => "staff, auditors",
                Access::Oversight => "privacy leads, auditors",
                Access::FreshStaff => "staff, confirmed",
                Access::FreshLead => "privacy leads, confirmed",
                Access::Returning => "coming back from Duo",
                Access::Link => "a link",
                Access::Demonstration => "a demonstration",
                _ => "nothing",
            };
            format!("| `{} {}` | {access} |", route.method, route.path)
        })
        .collect();
    let listed: Vec<_> = listed
        .iter()
        .map(|line| line.split('|').take(3).collect::<Vec<_>>().join("|") + "|")
        .collect();
    assert_eq!(listed, expected);
}
