//! `treff doctor` and the houses.

use serde_json::json;

use super::house::House;
use crate::harness::Engine;
use crate::treff::{Output, Treff};

async fn examine(treff: &std::sync::Arc<Treff>) -> Output {
    let treff = treff.clone();
    tokio::task::spawn_blocking(move || treff.run(&["doctor"])).await.unwrap()
}

fn told(output: &Output) -> (String, String, String) {
    let checks = output.json["checks"].as_array().expect("checks");
    let check = checks.iter().find(|check| check["name"] == "sign-in").expect("the check was made");
    let text = |key: &str| check[key].as_str().unwrap_or_default().to_owned();
    (text("result"), text("detail"), text("remedy"))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_asks_each_house_and_names_the_redirect_address() {
    let house = House::start().await;
    let treff = std::sync::Arc::new(Treff::with_forum(Engine::Sqlite).await);
    let file = std::fs::read_to_string(treff.path("treff.toml")).unwrap();
    let set = |more: &str| treff.write("treff.toml", format!("{file}\n{}", house.table("feide", more)));
    set("");
    let (result, detail, remedy) = told(&examine(&treff).await);
    assert_eq!(result, "error");
    assert!(detail.contains("house.secret") && remedy.contains("[[sign_in.oidc]]"), "{detail}: {remedy}");
    treff.write("house.secret", "hemmelig");
    let (result, detail, _) = told(&examine(&treff).await);
    assert_eq!(result, "ok", "{detail}");
    assert!(detail.contains("1 keys") && detail.contains("/desk/sign-in/from/feide"), "{detail}");
    house.change(|manner| manner.document = json!({"issuer": "https://another.example"}));
    let (result, detail, _) = told(&examine(&treff).await);
    assert_eq!(result, "error");
    assert!(detail.contains("names itself \"https://another.example\""), "{detail}");
    set("require_email_verified = false");
    let output = examine(&treff).await;
    let first = output.json["checks"][0].to_string();
    assert!(first.contains("sign_in.oidc.require_email_verified") && first.contains("domains"), "{first}");
}
