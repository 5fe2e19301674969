//! interim
mod ceiling;
mod connection;
mod process;
mod request;
mod scenario;
mod tally;
use std::{net::SocketAddr, path::{Path, PathBuf}, rc::Rc, sync::Arc, time::Duration};
use portal::{Clock, Listener, Portal, Directory, Settings, seeding::Seeding};
use upheld_store::{Tenant, keys::{KeyRing, SharedKeys}, sql::{self, Database}};
use serde_json::json;
async fn open(folder: &Path) -> Portal {
    let database = Database::open(&sql::Settings::sqlite(folder.join("portal.db")), Tenant::new("demo").unwrap()).await.unwrap();
    let keys = KeyRing::generate(&mut rand::rngs::SysRng).unwrap();
    let settings = Settings::at("http://localhost:18080".into());
    let outbox = Directory::open(&folder.join("mail")).unwrap();
    Portal::open((database, SharedKeys::new(keys)), settings, Clock::system(), Arc::new(outbox)).await.unwrap()
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    if a[1] == "serve" {
        let rt = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        if let Ok(l) = std::env::var("LOG") { tracing_subscriber::fmt().with_max_level(l.parse::<tracing::level_filters::LevelFilter>().unwrap()).with_writer(std::io::stderr).with_ansi(false).init(); }
        rt.block_on(async {
            let p = open(&PathBuf::from(&a[2])).await;
            let l = Listener::bind("127.0.0.1:18080".parse().unwrap()).await.unwrap();
            p.serve(l, std::future::pending()).await.unwrap();
        });
        return;
    }
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let local = tokio::task::LocalSet::new();
    let connections: usize = a[2].parse().unwrap();
    let seconds: u64 = a[3].parse().unwrap();
    let people: usize = a[4].parse().unwrap();
    local.block_on(&rt, async {
        let dir = tempfile::tempdir().unwrap();
        let portal = open(dir.path()).await;
        let awaited = if a[1]=="race" {connections} else {1};
        let t = std::time::Instant::now();
        let seeded = portal.seed(Seeding{people, awaited, password: "correct horse"}).await.unwrap();
        eprintln!("seeded in {:?}", t.elapsed());
        drop(portal);
        let mut child = std::process::Command::new(std::env::current_exe().unwrap()).args(["serve", dir.path().to_str().unwrap()]).spawn().unwrap();
        let address: SocketAddr = "127.0.0.1:18080".parse().unwrap();
        for _ in 0..1000 { if std::net::TcpStream::connect(address).is_ok() {break} std::thread::sleep(Duration::from_millis(5)); }
        if std::env::var("PERF").is_ok() { std::process::Command::new("perf").args(["record","-g","-F","999","-o","/tmp/load-perf.data","-p",&child.id().to_string()]).spawn().unwrap(); std::thread::sleep(Duration::from_millis(500)); }
        let target = scenario::Target{address, host: "localhost:18080".into(), connections, duration: Duration::from_secs(seconds)};
        let (c0,s0)=(process::processor_time(std::process::id()).unwrap(), process::processor_time(child.id()).unwrap());
        let run = match a[1].as_str() {
            "right" => scenario::second_factor::right_codes(&target, seeded).await.unwrap(),
            "wrong" => scenario::second_factor::wrong_codes(&target, &Rc::new(seeded), 5).await.unwrap(),
            "login" => { println!("ceiling {:?}", ceiling::measure(Duration::from_secs(3))); scenario::login::run(&target, seeded, "correct horse").await.unwrap()},
            "race" => { let (run, s) = scenario::race::run(&target, &Rc::new(seeded)).await.unwrap(); println!("{:?}", s.iter().filter(|n| **n!=1).count()); run }
            "overload" => { let (run, pages) = scenario::overload::run(&target, Rc::new(seeded), "correct horse", 300.0).await.unwrap(); println!("{:#}", pages.tally.to_json(pages.elapsed)); run }
            _ => panic!(),
        };
        let (c1,s1)=(process::processor_time(std::process::id()).unwrap(), process::processor_time(child.id()).unwrap());
        let n = run.tally.total();
        println!("{:#}", json!({"begun": run.begun, "elapsed": run.elapsed.as_secs_f64(), "t": run.tally.to_json(run.elapsed), "client_us": (c1-c0).as_secs_f64()*1e6/f64::from(n), "server_us": (s1-s0).as_secs_f64()*1e6/f64::from(n), "rss": process::resident_kib(child.id())}));
        child.kill().unwrap(); child.wait().unwrap();
    });
}
