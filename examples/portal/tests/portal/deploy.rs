//! The example in `deploy/` is one that the program takes.

use crate::program::{Office, Said};

const CONFIG: &str = include_str!("../../deploy/portal.toml");
const UNIT: &str = include_str!("../../deploy/portal.service");
const PROXY: &str = include_str!("../../deploy/nginx.conf");
const FORWARDED: &str = include_str!("../../deploy/portal-proxy.conf");

/// The two nodes, as the proxy knows them.
fn nodes() -> Vec<&'static str> {
    let servers = PROXY.lines().filter_map(|line| line.trim().strip_prefix("server 10."));
    servers.map(|line| line.split(' ').next().unwrap()).collect()
}

#[test]
fn the_configuration_of_each_node_is_taken() {
    let office = Office::new();
    office.write("database.url", "postgres://portal:secret-word@127.0.0.1:5432/portal\n");
    office.set_mode("database.url", 0o600);
    let file = office.path("database.url");
    let config = CONFIG.replace("/etc/portal/database.url", file.to_str().unwrap());
    assert_ne!(config, CONFIG);
    office.write("portal.toml", &config);
    assert_eq!(nodes().len(), 2);
    for node in nodes() {
        let address = format!("10.{node}");
        let mut command = office.command(&["config", "print", "--redacted", "--json"]);
        command.env("PORTAL__SERVER__LISTEN", &address);
        let printed = Said::of(command.output().unwrap()).assert_done().json();
        assert_eq!(printed["server"]["listen"], address);
        assert_eq!(printed["server"]["public_url"], "https://portal.example");
        assert_eq!(printed["server"]["trusted_proxies"], serde_json::json!(["10.0.0.10"]));
        assert_eq!(printed["database"]["postgres"], "[redacted]");
        let mut command = office.command(&["config", "check"]);
        command.env("PORTAL__SERVER__LISTEN", &address);
        let said = Said::of(command.output().unwrap());
        assert_eq!(said.code, 0, "{said:?}");
    }
    // Without the address of its own, a node would listen on itself alone.
    let printed = office.run(&["config", "print", "--redacted", "--json"]).assert_done().json();
    assert_eq!(printed["server"]["listen"], "127.0.0.1:8080");
}

/// What the unit starts is a command of this program, with the file that the guide names.
#[test]
fn the_unit_starts_the_program_and_the_proxy_says_who_asks() {
    let start = UNIT.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    assert_eq!(start, "/usr/local/bin/portal serve --config /etc/portal/portal.toml");
    let help = Office::new().run(&["help", "serve"]).assert_done().out.clone();
    assert!(help.contains("--config"), "{help}");
    for line in [
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "MemoryDenyWriteExecute=yes",
        "CapabilityBoundingSet=",
        "EnvironmentFile=/etc/portal/node.env",
        "StateDirectory=portal",
    ] {
        assert!(UNIT.lines().any(|it| it == line), "{line}");
    }
    // mallopt(3): what is larger than a threshold that is set goes back to the system once it is free.
    let threshold =
        UNIT.lines().find_map(|line| line.strip_prefix("Environment=MALLOC_MMAP_THRESHOLD_="));
    // The cheapest hash that may be set takes 7 MiB.
    assert!(portal::PasswordCost::new(7_168, 5).is_ok());
    assert!(threshold.unwrap().parse::<usize>().unwrap() < 7_168 * 1024);
    // The visitor's own claim about where they come from is replaced, not added to.
    assert!(FORWARDED.contains("proxy_set_header X-Forwarded-For $remote_addr;"));
    assert!(FORWARDED.contains("proxy_set_header Host $host;"));
    // A form that a slow node has is not sent to the other as well.
    assert!(FORWARDED.lines().any(|line| line == "proxy_next_upstream error;"));
    // Secrets in paths are in no log, that of errors neither; and a redirect leads to no other host.
    let links = portal::routes().iter().filter(|route| route.path.ends_with("/{link}"));
    let folders: std::collections::BTreeSet<_> = links
        .map(|route| {
            if route.path.starts_with("/privacy") {
                "/privacy/request/"
            } else {
                "/password/reset/"
            }
        })
        .collect();
    for folder in &folders {
        let silent = format!(
            "    location {folder} {{\n        access_log off;\n        error_log /dev/null crit;\n"
        );
        assert!(PROXY.contains(&silent), "{folder}");
    }
    assert_eq!(PROXY.matches("access_log off;").count(), folders.len() + 1);
    assert_eq!(PROXY.matches("error_log /dev/null crit;").count(), folders.len() + 1);
    assert!(PROXY.contains("return 308 https://portal.example$request_uri;"));
}
