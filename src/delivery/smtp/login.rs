//! AUTH (RFC 4954): PLAIN (RFC 4616), LOGIN and XOAUTH2. What the relay repeats of a secret is not shown.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::SmtpRelay;
use super::cause::{Cause, LinkError, Stage};
use super::offers::Offers;
use super::reply::Reply;
use super::wire::Wire;
use crate::config::Secret;
use crate::delivery::conceal::conceal;
use crate::delivery::token_source::{explain_challenge, initial_response};

/// Who logs in with what, on one connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Credential<'a> {
    user: &'a str,
    secret: &'a Secret,
    is_token: bool,
}

impl<'a> Credential<'a> {
    pub fn password(user: &'a str, secret: &'a Secret) -> Credential<'a> {
        Credential { user, secret, is_token: false }
    }

    pub fn token(user: &'a str, secret: &'a Secret) -> Credential<'a> {
        Credential { user, secret, is_token: true }
    }
}

impl SmtpRelay {
    /// XOAUTH2 with a token; with a password PLAIN where it is offered, else LOGIN.
    pub(super) async fn log_in(
        &self,
        wire: &mut Wire,
        offers: &Offers,
        credential: Credential<'_>,
    ) -> Result<(), LinkError> {
        let refuse = |why| Err(self.failed_by(Stage::Login, Cause::NotOffered, why));
        // A control character would end a field of PLAIN and XOAUTH2 early.
        if credential.user.contains(char::is_control) || credential.secret.expose().contains('\0') {
            let why = "the user or the password has a character that cannot be sent";
            return Err(self.failed(Stage::Login, why));
        }
        match (credential.is_token, offers) {
            (true, Offers { xoauth2: true, .. }) => self.log_in_with_xoauth2(wire, credential).await,
            (true, _) => refuse("the relay does not offer AUTH XOAUTH2; use a password instead of oauth2"),
            (false, Offers { plain: true, .. }) => self.log_in_with_plain(wire, credential).await,
            (false, Offers { login: true, .. }) => self.log_in_with_login(wire, credential).await,
            (false, Offers { xoauth2: true, .. }) => {
                refuse("the relay takes no password, only AUTH XOAUTH2; set oauth2 for it")
            }
            (false, _) => refuse(
                "the relay offers neither AUTH PLAIN nor LOGIN; take the user out of the relay's URL, \
                 or use the port for submission",
            ),
        }
    }

    async fn log_in_with_plain(&self, wire: &mut Wire, credential: Credential<'_>) -> Result<(), LinkError> {
        let Credential { user, secret, .. } = credential;
        let response = STANDARD.encode(format!("\0{user}\0{}", secret.expose()));
        let reply = self.ask(wire, Stage::Login, &format!("AUTH PLAIN {response}\r\n")).await?;
        self.judge(reply, &[secret.expose(), &response])
    }

    async fn log_in_with_login(&self, wire: &mut Wire, credential: Credential<'_>) -> Result<(), LinkError> {
        let Credential { user, secret, .. } = credential;
        let mut reply = self.ask(wire, Stage::Login, "AUTH LOGIN\r\n").await?;
        for answer in [user, secret.expose()] {
            if reply.code != 334 {
                break;
            }
            reply = self.ask(wire, Stage::Login, &format!("{}\r\n", STANDARD.encode(answer))).await?;
        }
        self.judge(reply, &[secret.expose()])
    }

    async fn log_in_with_xoauth2(
        &self,
        wire: &mut Wire,
        credential: Credential<'_>,
    ) -> Result<(), LinkError> {
        let Credential { user, secret, .. } = credential;
        let response = initial_response(user, secret);
        let line = format!("AUTH XOAUTH2 {}\r\n", response.expose());
        let mut reply = self.ask(wire, Stage::Login, &line).await?;
        let mut told = None;
        if reply.code == 334 {
            told = explain_challenge(&reply.text, secret);
            reply = self.ask(wire, Stage::Login, "\r\n").await?;
        }
        let secrets = [secret.expose(), response.expose()];
        self.judge(reply, &secrets).map_err(|refused| match told {
            Some(told) => LinkError { why: format!("{} ({told})", refused.why), ..refused },
            None => refused,
        })
    }

    /// 235, or another 2yz, is the only way in.
    fn judge(&self, reply: Reply, secrets: &[&str]) -> Result<(), LinkError> {
        if reply.is_good() {
            return Ok(());
        }
        let reply = Reply { text: conceal(&reply.text, secrets), ..reply };
        Err(self.said_no(Stage::Login, &reply))
    }
}
