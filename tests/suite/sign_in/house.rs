//! A house that says who somebody is, and does as a story tells it: on loopback, over HTTP.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::signer::Signer;
use crate::access::reader::Reader;
use crate::harness::Database;
use crate::pages::world::{Answer, Pages, now, percent_encode};

/// Our secret at the house, with what a header needs encoded.
pub const SECRET: &str = "hemmelig: å";
/// The page that a browser comes back to.
pub const BACK: &str = "/desk/sign-in/from/feide";

/// What the house does.
pub struct Manner {
    pub signer: Signer,
    /// What its document says instead.
    pub document: Value,
    /// What its tokens say instead.
    pub claims: Value,
    /// What its userinfo says; none: what there is to say stands in the token.
    pub userinfo: Option<Value>,
    /// Its document is answered only once so many ask for it at the same time; none: at once.
    pub together: Option<Arc<tokio::sync::Barrier>>,
    /// What the token endpoint was asked with.
    pub asked: Vec<HashMap<String, String>>,
    codes: HashMap<String, Code>,
}

struct Code {
    asked: HashMap<String, String>,
    claims: Value,
}

/// A running house. It ends with the value.
pub struct House {
    pub issuer: String,
    pub manner: Arc<Mutex<Manner>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for House {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Shared = (String, Arc<Mutex<Manner>>);

impl House {
    pub async fn start() -> House {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let manner = Arc::new(Mutex::new(Manner {
            signer: Signer::es256("one"),
            document: json!({}),
            claims: json!({}),
            userinfo: None,
            together: None,
            asked: Vec::new(),
            codes: HashMap::new(),
        }));
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(show_document))
            .route("/keys", get(show_keys))
            .route("/token", post(give_token))
            .route("/userinfo", get(show_userinfo))
            .with_state((issuer.clone(), manner.clone()));
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        House { issuer, manner, task }
    }

    /// A table of treff.toml for it.
    pub fn table(&self, slug: &str, more: &str) -> String {
        format!(
            "[[sign_in.oidc]]\nslug = \"{slug}\"\nname = \"Feide\"\nissuer = \"{}\"\nclient_id = \"treff forum\"\n\
             client_secret_file = \"house.secret\"\n{more}\n",
            self.issuer
        )
    }

    /// The pages of a forum that knows it.
    pub async fn pages(&self, db: Database) -> Pages {
        self.pages_with(db, "").await
    }

    /// The same with more lines in its table.
    pub async fn pages_with(&self, db: Database, more: &str) -> Pages {
        std::fs::write(db.path("house.secret"), SECRET).unwrap();
        Pages::with_settings(db, "", &self.table("feide", more)).await
    }

    /// What the house does from now on.
    pub fn change(&self, change: impl FnOnce(&mut Manner)) {
        change(&mut self.manner.lock().unwrap());
    }

    /// Somebody whom the house calls so says there who they are: the address that the browser is sent back to.
    pub fn say(&self, away: &str, claims: Value) -> String {
        let (address, query) = away.split_once('?').expect("parameters");
        assert_eq!(address, format!("{}/auth", self.issuer));
        let asked = read_query(query);
        let mut manner = self.manner.lock().unwrap();
        let code = format!("code-{}", manner.codes.len());
        let back =
            format!("{BACK}?code={code}&state={}&iss={}", asked["state"], percent_encode(&self.issuer));
        assert_eq!(asked["redirect_uri"], format!("https://forum.example{BACK}"));
        manner.codes.insert(code, Code { asked, claims });
        back
    }
}

/// Somebody with an address that the house has verified.
pub fn person(subject: &str, email: &str) -> Value {
    json!({"sub": subject, "email": email, "email_verified": true})
}

/// The button of the house: where it sends the browser.
pub async fn go_away(reader: &mut Reader<'_>, next: &str) -> String {
    let away = reader.post("/desk/sign-in/with/feide", &format!("next={next}")).await;
    assert_eq!(away.status, StatusCode::OK, "{}", away.body);
    away.header("refresh").strip_prefix("0; url=").expect("the page leads on").to_owned()
}

/// The form on the page that the browser comes back to, as its button sends it.
pub fn form_of(back: &str) -> String {
    back.split_once('?').expect("parameters").1.to_owned()
}

/// There and back again; what the last button leads to.
pub async fn come_by(house: &House, reader: &mut Reader<'_>, claims: Value) -> Answer {
    let away = go_away(reader, "/desk/account").await;
    let back = house.say(&away, claims);
    reader.get(&back).await;
    reader.post(BACK, &form_of(&back)).await
}

fn read_query(query: &str) -> HashMap<String, String> {
    reqwest::Url::parse(&format!("http://x/?{query}")).unwrap().query_pairs().into_owned().collect()
}

/// Writes what a story wants over what is usual.
fn lay_over(usual: Value, wanted: &Value) -> Value {
    let (Value::Object(mut usual), Value::Object(wanted)) = (usual, wanted) else { panic!("two objects") };
    for (key, value) in wanted {
        match value {
            Value::Null => drop(usual.remove(key)),
            value => drop(usual.insert(key.clone(), value.clone())),
        }
    }
    Value::Object(usual)
}

/// An answer in JSON.
struct Json(Value);

impl axum::response::IntoResponse for Json {
    fn into_response(self) -> Response {
        ([("content-type", "application/json")], self.0.to_string()).into_response()
    }
}

async fn show_document(State((issuer, manner)): State<Shared>) -> Json {
    let together = manner.lock().unwrap().together.clone();
    if let Some(together) = together {
        together.wait().await;
    }
    let usual = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/auth"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    Json(lay_over(usual, &manner.lock().unwrap().document))
}

async fn show_keys(State((_, manner)): State<Shared>) -> Json {
    Json(json!({"keys": [manner.lock().unwrap().signer.public()]}))
}

async fn show_userinfo(State((_, manner)): State<Shared>, headers: HeaderMap) -> Response {
    let told = manner.lock().unwrap().userinfo.clone();
    match (told, headers.get("authorization")) {
        (Some(told), Some(bearer)) if bearer == "Bearer access" => Json(told).into_response(),
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn give_token(State((issuer, manner)): State<Shared>, headers: HeaderMap, body: String) -> Response {
    let mut form = read_query(&body);
    let refuse = |status: StatusCode, error: &str| (status, Json(json!({"error": error}))).into_response();
    if let Some(basic) = headers.get("authorization") {
        let text = basic.to_str().unwrap().strip_prefix("Basic ").unwrap();
        let text = String::from_utf8(STANDARD.decode(text).unwrap()).unwrap();
        let (id, secret) = text.split_once(':').unwrap();
        let both = read_query(&format!("client_id={id}&client_secret={secret}"));
        form.extend(both);
    }
    let mut manner = manner.lock().unwrap();
    manner.asked.push(form.clone());
    if form["client_id"] != "treff forum" || form["client_secret"] != SECRET {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let Some(Code { asked, claims }) = manner.codes.remove(&form["code"]) else {
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
    if challenge != asked["code_challenge"] || form["redirect_uri"] != asked["redirect_uri"] {
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant");
    }
    let usual = json!({"iss": issuer, "aud": "treff forum", "nonce": asked["nonce"],
                       "iat": now().timestamp(), "exp": now().timestamp() + 60});
    let claims = lay_over(lay_over(usual, &claims), &manner.claims);
    let token = manner.signer.sign(&claims);
    Json(json!({"access_token": "access", "token_type": "Bearer", "id_token": token})).into_response()
}
