//! Other houses that say who somebody is, and the browsers that go there and come back.

use axum::http::HeaderMap;
use chrono::TimeDelta;

use super::{PAGE_LASTS, Reading, Site, Writing, name_press};
use crate::app::App;
use crate::clock::random_bytes;
use crate::delivery::trusting;
use crate::forum::Forum;
use crate::ids::AccountId;
use crate::oidc::{Answer, Errand, House, HouseError, Vouched};
use crate::staff::identities::{self, ERRAND_MINUTES, Identity, Unwelcome};
use crate::store::{ErrandRow, IdentityRow, NewErrand};
use crate::token::{device_secret, hash_of_secret};
use crate::web::headers::find_cookie;
use crate::web::refusal::{Refusal, Why};
use crate::web::staff::Staff;

/// The houses that the configuration names.
pub(super) fn open_houses(app: &App) -> anyhow::Result<Vec<House>> {
    let houses = app.config.file.sign_in.oidc.iter().map(|settings| {
        let file = settings.trust_file.as_ref().map(|file| app.config.folder.join(file));
        let tls = trusting(file.as_deref()).map_err(anyhow::Error::msg)?;
        Ok(House::open(settings, &app.config, &tls)?)
    });
    houses.collect()
}

impl Site {
    /// The houses, in the order of their buttons.
    pub(in crate::web) fn houses(&self) -> &[House] {
        &self.0.houses
    }

    /// The house of that slug.
    pub(in crate::web) fn house(&self, slug: &str) -> Result<&House, Refusal> {
        self.houses().iter().find(|house| house.settings().slug == slug).ok_or(Why::NotFound.into())
    }

    /// What a house is called; one that the configuration names no more by its address.
    pub(in crate::web) fn name_of_house(&self, issuer: &str) -> String {
        let house = self.houses().iter().find(|house| house.settings().issuer == issuer);
        house.map_or_else(|| issuer.to_owned(), |house| house.settings().name.clone())
    }

    /// The cookie of a browser that goes to another house; emptied without a secret.
    pub(in crate::web) fn errand_cookie(&self, forum: &Forum, secret: Option<&str>) -> String {
        self.cookie_of(&self.errand_cookie_name(forum), secret, TimeDelta::minutes(ERRAND_MINUTES))
    }

    fn errand_cookie_name(&self, forum: &Forum) -> String {
        format!("{}treff-errand-{}", self.cookie_prefix(), forum.settings.slug)
    }

    /// The errand of a browser that brings an answer back, if it is the one that this answer belongs to.
    pub(in crate::web) fn errand_of(
        &self,
        forum: &Forum,
        headers: &HeaderMap,
        answer: &Answer,
    ) -> Option<Errand> {
        let secret = find_cookie(headers, &self.errand_cookie_name(forum))?;
        let errand = Errand::of(secret);
        (errand.state() == answer.state).then_some(errand)
    }
}

impl Reading {
    /// What a browser went to a house for, if that is neither done nor too late.
    pub(in crate::web) async fn errand(
        &self,
        errand: &Errand,
        house: &House,
    ) -> Result<Option<ErrandRow>, Refusal> {
        let found = self.store().find_errand(&hash_of_secret(&errand.state()), self.0.now()).await?;
        Ok(found.filter(|row| row.issuer == house.settings().issuer))
    }

    /// Where the errand of this answer led this browser, if it is that which finished it: it has the session that came of
    /// it, and that is still open. Known for ten minutes, in this process alone.
    pub(in crate::web) async fn led_to(
        &self,
        house: &House,
        session: Option<&str>,
        answer: &Answer,
    ) -> Result<Option<String>, Refusal> {
        let Some(secret) = session else { return Ok(None) };
        let kept = self.find_answer(&name_of_errand(house, &answer.state)).await.unwrap_or_default();
        let hash = hash_of_secret(secret);
        let Some((_, next)) = kept.split_once(' ').filter(|(own, _)| *own == hash) else { return Ok(None) };
        // Who signed out since stays out.
        let is_open = self.staff(secret).await?.is_some();
        Ok(is_open.then(|| next.to_owned()))
    }

    /// An account's ties.
    pub(in crate::web) async fn identities(&self, id: AccountId) -> Result<Vec<IdentityRow>, Refusal> {
        Ok(self.store().list_identities(id).await?)
    }
}

impl Writing {
    /// Sends a browser to a house: the secret of its cookie and the address; to tie an account, or to come in.
    pub(in crate::web) async fn begin_errand(
        &self,
        house: &House,
        account: Option<AccountId>,
        next: &str,
    ) -> Result<Result<(String, String), HouseError>, Refusal> {
        let (secret, now) = (device_secret(random_bytes()), self.0.now());
        let errand = Errand::of(&secret);
        let address = match house.begin(&errand, now).await {
            Ok(address) => address,
            Err(error) => return Ok(Err(error)),
        };
        let new = NewErrand {
            state_hash: &hash_of_secret(&errand.state()),
            issuer: &house.settings().issuer,
            account,
            next,
            expires_at: now + TimeDelta::minutes(ERRAND_MINUTES),
        };
        self.0.0.store.begin_errand(&new, now).await?;
        Ok(Ok((secret, address)))
    }

    /// Uses an errand up, whatever comes of it; none if that was done, or is too late.
    pub(in crate::web) async fn end_errand(
        &self,
        errand: &Errand,
        house: &House,
    ) -> Result<Option<ErrandRow>, Refusal> {
        let mut tx = self.0.0.store.begin().await?;
        let ended = tx.end_errand(&hash_of_secret(&errand.state()), self.0.now()).await?;
        tx.commit().await?;
        Ok(ended.filter(|row| row.issuer == house.settings().issuer))
    }

    /// Opens a session for whom a house vouches: the secret of its cookie.
    pub(in crate::web) async fn sign_in_vouched(
        &self,
        vouched: &Vouched,
        browser: &str,
    ) -> Result<Result<String, Unwelcome>, Refusal> {
        let secret = device_secret(random_bytes());
        let hash = hash_of_secret(&secret);
        let (store, now) = (&self.0.0.store, self.0.now());
        let entered = identities::come_in(store, identity_of(vouched), (&hash, browser), now).await?;
        Ok(entered.map(|()| secret))
    }

    /// Keeps where an errand led, for who presses its button once more in the browser that has the session of that secret.
    pub(in crate::web) async fn note_led(
        &self,
        house: &House,
        (errand, secret): (&Errand, &str),
        next: &str,
    ) -> Result<(), Refusal> {
        let (name, led) =
            (name_of_errand(house, &errand.state()), format!("{} {next}", hash_of_secret(secret)));
        self.press_once((name, PAGE_LASTS), |_| async move { Ok::<_, Refusal>(led) }).await??;
        Ok(())
    }

    /// Ties an account to whom a house vouches for; false if either is tied there to another.
    pub(in crate::web) async fn tie(&self, account: AccountId, vouched: &Vouched) -> Result<bool, Refusal> {
        Ok(identities::tie(&self.0.0.store, account, identity_of(vouched), self.0.now()).await?)
    }

    /// Removes a tie of one's own account.
    pub(in crate::web) async fn untie(&self, staff: &Staff, tie: i64) -> Result<bool, Refusal> {
        Ok(self.0.0.store.untie_identity(staff.account, tie, self.0.now()).await?)
    }

    /// Writes down that a house's word let nobody in.
    pub(in crate::web) async fn note_refused(&self, house: &House, because: &str) -> Result<(), Refusal> {
        let issuer = &house.settings().issuer;
        Ok(self.0.0.store.record_refused_errand(issuer, because, self.0.now()).await?)
    }
}

/// The name of the press that finished an errand.
fn name_of_errand(house: &House, state: &str) -> String {
    name_press(&["house", &house.settings().issuer, state])
}

fn identity_of(vouched: &Vouched) -> Identity<'_> {
    let Vouched { issuer, subject, address } = vouched;
    Identity { issuer, subject, address: address.as_deref() }
}
