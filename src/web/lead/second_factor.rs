//! Choosing the second factor: an app photographs a square, gives a code, and ten codes on paper are shown once.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::Form;
use qrcode::{EcLevel, QrCode};
use serde::{Deserialize, Serialize};

use crate::staff::totp::{RECOVERY_CODES, key_uri};
use crate::store::ProofsRow;
use crate::web::limits::CODES_TO_ACCOUNT;
use crate::web::once::{Begin, new_token};
use crate::web::refusal::{Refusal, Why, unprocessable};
use crate::web::site::{BRIEFLY, Reading, Writing, name_press};
use crate::web::staff::Staff;
use crate::web::templates::Content;

#[derive(Serialize)]
struct Page {
    /// Whether it has to be, before anything else.
    required: bool,
    /// Whether codes are asked for already.
    stands: bool,
    /// The secret that waits for its first code, in groups of four letters.
    pending: Option<String>,
    /// Fresh codes on paper: shown now and never again.
    codes: Vec<String>,
    /// How many of them are left.
    left: i64,
    many: usize,
    wrong: bool,
    /// Tells this page from others: pressed twice, it makes the codes once.
    token: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_second_factor.html";
}

impl Page {
    fn of(staff: &Staff, proofs: &ProofsRow) -> Page {
        let grouped = |secret: &String| {
            let letters: Vec<char> = secret.chars().collect();
            letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
        };
        Page {
            required: !staff.is_proved(),
            stands: proofs.totp_secret.is_some(),
            pending: proofs.totp_pending.as_ref().map(grouped),
            codes: Vec::new(),
            left: proofs.recovery_left,
            many: RECOVERY_CODES,
            wrong: false,
            token: new_token(),
        }
    }
}

/// What the button says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    code: String,
}

/// GET: where it stands.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let proofs = reading.proofs(&staff).await?;
    reading.0.desk_page(&staff, &Page::of(&staff, &proofs))
}

/// GET: the square of the secret that waits for its first code.
pub(super) async fn show_square(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let pending = reading.proofs(&staff).await?.totp_pending.ok_or(Refusal::from(Why::NotFound))?;
    let uri = key_uri(&staff.forum.settings.name, &staff.email, &pending);
    let svg = draw_square(&uri).map_err(|error| Refusal::broken(&error))?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}

/// A QR code as SVG: dark on white in the dark, too, since cameras want it so.
fn draw_square(text: &str) -> Result<String, qrcode::types::QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
    let side = code.width();
    let dark = code.to_colors().into_iter().enumerate().filter(|(_, c)| *c == qrcode::Color::Dark);
    let cells: String = dark.map(|(n, _)| format!("M{} {}h1v1h-1z", n % side + 4, n / side + 4)).collect();
    let view = side + 8;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {view} {view}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{view}v{view}H0z\"/><path d=\"{cells}\"/></svg>"
    ))
}

/// POST: a fresh secret to photograph. One that stands goes on until the new one is proved.
pub(super) async fn begin(writing: Writing, staff: Staff) -> Result<Response, Refusal> {
    writing.begin_second_factor(&staff).await?;
    Ok(writing.reading().0.go_to("/desk/second-factor"))
}

/// POST: the app's first code. Sent twice, it shows the same codes on paper.
pub(super) async fn confirm(
    writing: Writing,
    staff: Staff,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    reading.0.hold_to(CODES_TO_ACCOUNT, &staff.actor(), staff.language)?;
    let name = name_codes("confirm", &staff, &said.code);
    let own = staff.clone();
    let confirm = move |writing: Writing| async move {
        let codes = writing.confirm_second_factor(&own, &said.code).await.map_err(Some)?;
        codes.map(|codes| codes.join("\n")).ok_or(None::<Refusal>)
    };
    let codes = writing.press_once((name, BRIEFLY), confirm).await?;
    let page = Page::of(&staff, &reading.proofs(&staff).await?);
    match codes {
        Ok(codes) => {
            reading.0.desk_page(&staff, &Page { codes: list_codes(&codes), required: false, ..page })
        }
        Err(None) => Ok(unprocessable(reading.0.desk_page(&staff, &Page { wrong: true, ..page })?)),
        Err(Some(refusal)) => Err(refusal),
    }
}

/// POST: ten new codes on paper; the old ones are good no more. Of one page they are made once.
pub(super) async fn renew_codes(
    writing: Writing,
    staff: Staff,
    Form(begin): Form<Begin>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    if reading.proofs(&staff).await?.totp_secret.is_none() {
        return Err(staff.nothing_there());
    }
    let name = name_codes("renew", &staff, &begin.token());
    let own = staff.clone();
    let renew = move |writing: Writing| async move {
        Ok::<_, Refusal>(writing.renew_recovery_codes(&own).await?.join("\n"))
    };
    let codes = writing.press_once((name, BRIEFLY), renew).await??;
    let page = Page::of(&staff, &reading.proofs(&staff).await?);
    reading.0.desk_page(&staff, &Page { codes: list_codes(&codes), ..page })
}

/// The press that makes codes on paper: they are shown again in the same session alone.
fn name_codes(what: &str, staff: &Staff, of: &str) -> String {
    name_press(&["codes", what, &staff.actor(), &staff.session.to_string(), of])
}

fn list_codes(lines: &str) -> Vec<String> {
    lines.lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_square_has_its_quiet_edge() {
        let svg = draw_square("otpauth://totp/x").unwrap();
        assert!(svg.starts_with("<svg ") && svg.contains("M4 4h1v1h-1z"), "{svg}");
        assert!(!svg.contains("M3 ") && !svg.contains(" 3h1"));
    }
}
