//! The Admin API: replies of the tests of `duo_api_golang` (`admin/admin_test.go`,
//! `admin/logs_test.go`), paths and parameters as <https://duo.com/docs/adminapi> lists them.

use http::{Method, Response};
use upheld_duo::admin::{
    Attach, AuthLog, AuthLogError, BypassCode, BypassCodeId, CreateBypassCodes, CreatePhone,
    CreateToken, CreateUser, Delete, List, ModifyUser, NewToken, Page, Pages, PagesError, Phone,
    PhoneId, ResyncToken, Token, TokenId, TokenType, U2fToken, UnixMillis, User, UserStatus,
    WebauthnCredential,
};
use upheld_duo::auth::{Capability, Passcode, UserId};
use upheld_duo::sign::verify::Claim;
use upheld_duo::{
    Call, EventResult, FactorUsed, Reason, Refusal, ReplyError, SecretText, UnixSeconds,
};

use crate::{NOW, application, secret_key};

fn check(call: &impl Call, expected: &str) {
    let request = call.request(&application("api-x.duosecurity.com"), NOW).unwrap();
    let verified = Claim::of(&request).unwrap().verify(&request, &secret_key(), NOW).unwrap();
    let mut params: Vec<_> =
        verified.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
    params.sort();
    let line = format!("{} {} {}", request.method(), request.uri().path(), params.join(" "));
    assert_eq!(line.trim_end(), expected);
}

fn read<C: Call>(call: &C, body: &str) -> Result<C::Output, ReplyError> {
    let reply = Response::new(body.as_bytes().to_vec());
    call.read(&application("api-x.duosecurity.com"), &reply, NOW)
}

#[test]
fn every_call_sends_what_is_documented() {
    let user = || UserId::new("DU3RP9I2WOC59VZX672N");
    let phone = PhoneId::new("DPFZRS9FB0D46QFTM899");
    let token = || TokenId::new("DHIZ34ALBA2445ND4AI2");
    let of_user = "/admin/v1/users/DU3RP9I2WOC59VZX672N";
    check(&List::users(), "GET /admin/v1/users limit=100 offset=0");
    check(&List::users().with_limit(9_999), "GET /admin/v1/users limit=300 offset=0");
    check(
        &List::user_named("joe smith"),
        "GET /admin/v1/users limit=100 offset=0 username=joe smith",
    );
    check(&List::<Phone>::all(), "GET /admin/v1/phones limit=100 offset=0");
    check(&List::<Token>::of_user(&user()), &format!("GET {of_user}/tokens limit=100 offset=0"));
    check(
        &List::<WebauthnCredential>::all().with_limit(0),
        "GET /admin/v1/webauthncredentials limit=1 offset=0",
    );
    check(&List::<U2fToken>::all(), "GET /admin/v1/u2ftokens limit=100 offset=0");
    check(
        &List::<BypassCode>::of_user(&user()),
        &format!("GET {of_user}/bypass_codes limit=100 offset=0"),
    );
    check(
        &CreateUser::named("joe").with_email("joe@example.com").with_realname("Joe"),
        "POST /admin/v1/users email=joe@example.com realname=Joe username=joe",
    );
    check(
        &ModifyUser::status(user(), &UserStatus::Disabled),
        &format!("POST {of_user} status=disabled"),
    );
    check(
        &CreatePhone::mobile("+15555550100").with_name("Joe's"),
        "POST /admin/v1/phones name=Joe's number=+15555550100 type=mobile",
    );
    check(
        &CreatePhone::landline("+15555550101"),
        "POST /admin/v1/phones number=+15555550101 type=landline",
    );
    check(
        &Attach::phone(user(), &phone),
        &format!("POST {of_user}/phones phone_id=DPFZRS9FB0D46QFTM899"),
    );
    check(
        &Attach::token(user(), &token()),
        &format!("POST {of_user}/tokens token_id=DHIZ34ALBA2445ND4AI2"),
    );
    let codes = ["111111", "222222", "333333"].map(|code| Passcode::parse(code).unwrap());
    check(
        &ResyncToken::new(token(), codes),
        "POST /admin/v1/tokens/DHIZ34ALBA2445ND4AI2/resync code1=111111 code2=222222 code3=333333",
    );
    check(
        &CreateBypassCodes::new(user(), 99).reusable(0).valid_for(60).keeping_existing(),
        &format!(
            "POST {of_user}/bypass_codes count=10 preserve_existing=true reuse_count=0 valid_secs=60"
        ),
    );
    check(
        &CreateBypassCodes::new(user(), 1),
        &format!("POST {of_user}/bypass_codes count=1 reuse_count=1"),
    );
}

#[test]
fn every_kind_of_token_is_made() {
    let secret = || SecretText::new("3132333435363738393031323334353637383930");
    let make = |inside| CreateToken::new("0123", inside);
    for (eight_digits, digit) in [(false, 6), (true, 8)] {
        check(
            &make(NewToken::Hotp { eight_digits, secret: secret(), counter: 7 }),
            &format!(
                "POST /admin/v1/tokens counter=7 secret=3132333435363738393031323334353637383930 \
                 serial=0123 type=h{digit}"
            ),
        );
        check(
            &make(NewToken::Totp { eight_digits, secret: secret(), step: 60 }),
            &format!(
                "POST /admin/v1/tokens secret=3132333435363738393031323334353637383930 \
                 serial=0123 totp_step=60 type=t{digit}"
            ),
        );
    }
    let (private_id, aes_key) = (SecretText::new("8792ebfe26cc"), SecretText::new("ecde18db"));
    let yubikey = make(NewToken::Yubikey { private_id, aes_key });
    assert!(!format!("{yubikey:?}").contains("ecde18db"));
    check(
        &yubikey,
        "POST /admin/v1/tokens aes_key=ecde18db private_id=8792ebfe26cc serial=0123 type=yk",
    );
}

#[test]
fn everything_can_be_deleted() {
    let (user, phone) = (UserId::new("DU/../x"), PhoneId::new("DP"));
    let (token, code) = (TokenId::new("DH"), BypassCodeId::new("DB"));
    check(&Delete::user(&user), "DELETE /admin/v1/users/DU%2F..%2Fx");
    check(&Delete::phone(&phone), "DELETE /admin/v1/phones/DP");
    check(&Delete::phone_of(&user, &phone), "DELETE /admin/v1/users/DU%2F..%2Fx/phones/DP");
    check(&Delete::token(&token), "DELETE /admin/v1/tokens/DH");
    check(&Delete::token_of(&user, &token), "DELETE /admin/v1/users/DU%2F..%2Fx/tokens/DH");
    check(&Delete::bypass_code(&code), "DELETE /admin/v1/bypass_codes/DB");
    check(&Delete::webauthn_credential("W1"), "DELETE /admin/v1/webauthncredentials/W1");
    check(&Delete::u2f_token("D21"), "DELETE /admin/v1/u2ftokens/D21");
    // What Duo answers to a deletion.
    assert_eq!(read(&Delete::phone(&phone), r#"{"response":"","stat":"OK"}"#), Ok(()));
    let missing = r#"{"stat":"FAIL","code":40401,"message":"Resource not found"}"#;
    let refused = read(&Delete::phone(&phone), missing).unwrap_err();
    assert!(matches!(refused, ReplyError::Refused(Refusal { code: Some(40401), .. })));
}

const USERS: &str = r#"{"stat":"OK","metadata":{"prev_offset":null,"next_offset":1,
    "total_objects":2},"response":[{"alias1":"joe.smith","alias2":null,"created":1489612729,
    "email":"jsmith@example.com","firstname":"Joe","groups":[{"desc":"","name":"token_users"}],
    "is_enrolled":true,"last_directory_sync":1508789163,"last_login":1343921403,
    "lastname":"Smith","lockout_reason":null,"notes":"","phones":[{"phone_id":
    "DPFZRS9FB0D46QFTM899","number":"+15555550100","extension":"","name":"","postdelay":null,
    "predelay":null,"type":"Mobile","capabilities":["sms","phone","push"],"platform":"Apple iOS",
    "model":"Apple iPhone","activated":false,"last_seen":"2019-03-04T15:04:04",
    "sms_passcodes_sent":false}],"realname":"Joe Smith","status":"active","tokens":[{"serial":"0",
    "token_id":"DHIZ34ALBA2445ND4AI2","type":"d1","totp_step":null}],"u2ftokens":[{"date_added":
    1444678994,"registration_id":"D21RU6X1B1DF5P54B6PV"}],"user_id":"DU3RP9I2WOC59VZX672N",
    "username":"jsmith","webauthncredentials":[{"credential_name":"Blue","date_added":1550685154,
    "label":"Security Key","webauthnkey":"WABFEOE007ZMV1QAZTRB"}]}]}"#;

#[test]
fn a_user_is_read_with_their_devices() {
    let page: Page<User> = read(&List::users(), USERS).unwrap();
    assert_eq!((page.next.as_deref(), page.total), (Some("1"), Some(2)));
    let [user] = page.items.as_slice() else { panic!() };
    assert_eq!((user.username.as_str(), &user.status), ("jsmith", &UserStatus::Active));
    assert_eq!(user.last_login, Some(UnixSeconds(1_343_921_403)));
    let [phone] = user.phones.as_slice() else { panic!() };
    assert_eq!(phone.capabilities, [Capability::Sms, Capability::Phone, Capability::Push]);
    assert_eq!(user.tokens[0].kind, TokenType::D100);
    assert_eq!(user.webauthncredentials[0].label.as_deref(), Some("Security Key"));
    assert_eq!(user.u2ftokens[0].registration_id, "D21RU6X1B1DF5P54B6PV");
    // What is read can be written for another program, and read there.
    let written = serde_json::to_string(user).unwrap();
    assert_eq!(&serde_json::from_str::<User>(&written).unwrap(), user);
    let other = USERS.replace("\"active\"", "\"locked out\"");
    assert_eq!(read(&List::users(), &other).unwrap().items[0].status, UserStatus::LockedOut);
}

#[test]
fn bypass_codes_are_shown_once_and_not_by_accident() {
    let create = CreateBypassCodes::new(UserId::new("DU"), 2);
    let codes = read(&create, r#"{"response":["407176182","016931781"],"stat":"OK"}"#).unwrap();
    assert_eq!(codes[1].expose(), "016931781");
    assert_eq!(format!("{codes:?}"), "[[redacted], [redacted]]");
}

#[test]
fn pages_follow_one_another_and_end() {
    let page = |items: Vec<u8>, next: Option<&str>| -> Page<User> {
        let metadata = next.map_or("null".to_owned(), ToOwned::to_owned);
        let users: Vec<_> = items
            .iter()
            .map(|id| format!(r#"{{"user_id":"DU{id}","username":"u{id}","status":"active"}}"#))
            .collect();
        let body = format!(
            r#"{{"stat":"OK","metadata":{{"next_offset":{metadata}}},"response":[{}]}}"#,
            users.join(",")
        );
        read(&List::users(), &body).unwrap()
    };
    let mut pages = Pages::of(List::user_named("u").with_limit(2));
    check(pages.next_call().unwrap(), "GET /admin/v1/users limit=2 offset=0 username=u");
    assert_eq!(pages.accept(page(vec![0, 1], Some("2"))).unwrap().len(), 2);
    check(pages.next_call().unwrap(), "GET /admin/v1/users limit=2 offset=2 username=u");
    assert_eq!(pages.accept(page(vec![2], None)).unwrap()[0].username, "u2");
    assert!(pages.next_call().is_none());

    let mut circle = Pages::of(List::users());
    assert!(circle.accept(page(vec![0], Some("2"))).is_ok());
    assert_eq!(circle.accept(page(vec![0], Some("2"))), Err(PagesError::Circle));
    // A longer one.
    let mut circle = Pages::of(List::users());
    for start in ["2", "4", "6"] {
        assert!(circle.accept(page(vec![0], Some(start))).is_ok());
    }
    assert_eq!(circle.accept(page(vec![0], Some("2"))), Err(PagesError::Circle));
    assert!(circle.next_call().is_none());
    let empty = Pages::of(List::users()).accept(page(vec![], Some("2")));
    assert_eq!(empty, Err(PagesError::Empty));
    let mut endless = Pages::of(List::users());
    let end =
        (0..200_000).find(|start| endless.accept(page(vec![0], Some(&start.to_string()))).is_err());
    assert_eq!(end, Some(100_000), "more than anybody has");
}

const LOG: &str = r#"{"response":{"authlogs":[{"access_device":{"browser":"Chrome",
    "browser_version":"67.0.3396.99","flash_version":"uninstalled","hostname":null,"ip":
    "169.232.89.219","java_version":"uninstalled","location":{"city":"Ann Arbor","country":
    "United States","state":"Michigan"},"os":"Mac OS X","os_version":"10.14.1"},"application":
    {"key":"DIY231J8BR23QK4UKBY8","name":"Microsoft Azure Active Directory"},"auth_device":
    {"ip":"192.168.225.254","location":{"city":"Ann Arbor","country":"United States","state":
    "Michigan"},"name":"My iPhone X (734-555-2342)"},"event_type":"authentication","factor":
    "duo_push","reason":"user_approved","result":"success","timestamp":1532951962,
    "trusted_endpoint_status":"not trusted","txid":"340a23e3-23f3-23c1-87dc-1491a23dfdbb",
    "user":{"key":"DU3KC77WJ06Y5HIV7XKQ","name":"narroway@example.com"}}],"metadata":
    {"next_offset":["1532951895000","af0ba235-0b33-23c8-bc23-a31aa0231de8"],"total_objects":1}},
    "stat":"OK"}"#;

#[test]
fn the_log_is_read_in_milliseconds_with_a_cursor_of_two_parts() {
    let (from, to) = (UnixMillis(1_532_951_000_000), UnixMillis::from(UnixSeconds(1_532_952_000)));
    let log = AuthLog::between(from, to).unwrap();
    let path = "GET /admin/v2/logs/authentication limit=100 maxtime=1532952000000";
    check(&log, &format!("{path} mintime=1532951000000 sort=ts:asc"));
    let mut pages = Pages::of(log.clone());
    let entries = pages.accept(read(&log, LOG).unwrap()).unwrap();
    let [entry] = entries.as_slice() else { panic!() };
    assert_eq!(entry.timestamp, UnixSeconds(1_532_951_962));
    assert_eq!(entry.factor, Some(FactorUsed::DuoPush));
    assert_eq!(
        (&entry.result, &entry.reason),
        (&Some(EventResult::Success), &Some(Reason::UserApproved))
    );
    assert_eq!(entry.user.as_ref().unwrap().name.as_deref(), Some("narroway@example.com"));
    let cursor = "next_offset=1532951895000,af0ba235-0b33-23c8-bc23-a31aa0231de8 sort=ts:asc";
    check(pages.next_call().unwrap(), &format!("{path} mintime=1532951000000 {cursor}"));

    let ended = LOG.replace(r#"["1532951895000","af0ba235-0b33-23c8-bc23-a31aa0231de8"]"#, "null");
    assert_eq!(read(&log, &ended).unwrap().next, None);
    let unknown = LOG.replace("duo_push", "smoke_signal");
    let entries = read(&log, &unknown).unwrap().items;
    assert_eq!(entries[0].factor, Some(FactorUsed::Other("smoke_signal".into())));
    let filtered =
        log.with_limit(5_000).with_result(&EventResult::Fraud).with_factor(&FactorUsed::DuoPush);
    check(
        &filtered,
        "GET /admin/v2/logs/authentication factors=duo_push limit=1000 maxtime=1532952000000 \
         mintime=1532951000000 results=fraud sort=ts:asc",
    );
}

#[test]
fn a_log_has_bounds() {
    let error = |from, to| AuthLog::between(UnixMillis(from), UnixMillis(to)).unwrap_err();
    assert_eq!(error(1_532_951_000, 1_532_952_000), AuthLogError::Unit);
    assert_eq!(error(1_532_952_000_000, 1_532_951_000_000), AuthLogError::Order);
    assert_eq!(error(1_532_951_000_000, 1_532_951_000_000), AuthLogError::Order);
    assert_eq!(error(1_532_951_000_000, 1_548_503_000_001), AuthLogError::TooLong);
    let _180_days =
        AuthLog::between(UnixMillis(1_532_951_000_000), UnixMillis(1_548_503_000_000)).unwrap();
}

#[test]
fn deleting_needs_no_method_but_its_own() {
    let request =
        Delete::user(&UserId::new("DU")).request(&application("api-x.duosecurity.com"), NOW);
    assert_eq!(request.unwrap().method(), Method::DELETE);
}
