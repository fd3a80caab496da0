//! What mail programs say in words, whatever failed: tables of facts, in lower case.
//!
//! What the words mean for the recipient stands in `delivery::refusal::phrases`.

use crate::delivery::says_any;

/// How the line begins behind which the returned letter is copied, without dashes and the like.
#[rustfmt::skip]
pub(super) const COPY_BEGINS: &[&str] = &[
    "below this line is a copy", "below is a copy of", "copy of message", "copy of your message",
    "message contents follow", "non-delivered message", "undeliverable mail follows", "the original message follow",
    "the original message is", "the original message:", "the original message head", "original message header", "below the next line is a copy", "enclosed is a copy of the message",
    "this is a copy of", "here is a copy of", "here is your message", "included is a copy of",
    "the following is a copy", "a copy of the original message below", "a copy of your message",
    "copy of the original message", "original message header", "original message follow",
    "original message text", "original message attached", "original message details", "original message:",
    "original message -", "original message begins", "message header follow", "message headers follow",
    "message text follow", "message follows", "the header of the original", "the header and top",
    "the headers of the", "the first 50 lines", "your original message", "your message follows",
    "your message reads", "unsent message", "undelivered message", "undeliverable message follows",
    "returned message", "returned mail follows", "start of returned message", "bounced message",
    "forwarded message", "header of the source mail", "headers of the original", "original headers",
    "original mail", "begin of original", "start of forwarded message", "text of your message",
    "original-nachricht", "ursprüngliche nachricht", "originalnachricht", "kopie der nachricht",
    "kopfzeilen der", "der header der", "es folgt", "opprinnelig melding", "opprinnelige meldingshoder",
    "ursprungligt meddelande", "ursprungliga meddelandehuvuden", "oprindelig meddelelse", "message d'origine",
    "en-têtes de message d'origine", "entêtes du message", "voici une copie", "mensaje original",
    "encabezados de mensajes originales", "mensagem original", "messaggio originale",
    "oorspronkelijk bericht", "oorspronkelijke berichtkoppen", "oryginalna wiadomość", "исходное сообщение",
    "копия письма", "原始邮件", "原邮件-", "元のメッセージ", "reporting-mta:",
];

/// How subjects of bounces read.
#[rustfmt::skip]
pub(super) const SUBJECTS: &[&str] = &[
    "undeliver", "non deliver", "non-deliver", "nondeliver", "not deliver", "failure notice",
    "failure delivery", "failed mail", "failed delivery", "failed to deliver", "delivery status notification",
    "delivery fail", "delivery error", "delivery notification", "delivery problem", "delivery report",
    "delivery warning", "delivery has failed", "delivery delayed", "delivery unsuccessful",
    "delivery incomplete", "message delay", "delayed mail", "mail delivery", "mail could not",
    "mail error", "mail fail", "mail return", "mail system error", "mail status report",
    "message delivery", "message fail", "message status",
    "message rejected", "message blocked", "message was not", "message not accepted", "rejected mail",
    "rejected message", "rejected posting", "error sending", "error delivering",
    "returned mail", "returned message", "returned email", "returned e-mail", "returned to sender",
    "returning message", "returned due to", "bounced mail", "bounced message", "address not found",
    "processing error", "unable to deliver", "cannot be delivered", "can't be delivered",
    "could not be delivered", "couldn't be delivered", "user unknown", "unknown user",
    "recipient not found", "quota exceeded", "mailbox full", "warning: message", "warning: could not",
    "uncaught bounce", "non remis", "échec de la remise", "échec de livraison", "echec de la remise", "echec de remise",
    "échec de la distribution", "échec de distribution", "echec de la distribution", "echec de distribution",
    "non distribu", "non délivr", "notification d'état", "notification de non", "avis de non", "unzustellbar",
    "nicht zustellbar", "nicht zugestellt", "zustellungsfehler",
    "zustellstatus", "zustellbenachrichtigung", "fehler beim senden", "fehlgeschlagen",
    "rückläufer", "ikke levert", "kan ikke leveres", "kunne ikke leveres", "kunne ikkje leverast",
    "kan ikkje leverast", "uleverbar", "kunne ikke sendes", "leveringsstatus",
    "ikkje levert", "ikke blitt levert", "inte levererats", "inte levereras", "ikke afleveret", "nicht zustellen", "levere meldin",
    "mislykket levering", "leveringen mislyktes", "leveringsfeil", "leveransefeil", "leveransfel", "går ej att leverera",
    "zustellfehler", "kan ikke afleveres", "kunne ikke afleveres",
    "ikke leveret", "leveringsfejl", "går inte att leverera", "gick inte att leverera",
    "olevererbar", "olevererat", "ej levererat", "ei voitu toimittaa",
    "toimitus epäonnistui", "toimittamaton", "onbestelbaar", "niet bezorgd", "niet worden bezorgd",
    "kon niet worden afgeleverd", "no se pudo entregar", "no se puede entregar", "no entregado",
    "error de entrega", "entrega fallida", "devolución", "mensaje devuelto", "correo devuelto",
    "notificación de estado", "não entregue", "nao entregue", "não foi possível entregar", "falha na entrega",
    "mensagem devolvida", "notificação de status", "non recapitabile", "mancata consegna", "mancato recapito",
    "non consegnato", "impossibile recapitare", "errore di consegna", "niedostarczalne", "niedostarczona",
    "nie można dostarczyć", "błąd doręczenia", "zwrot", "nedoruč", "kézbesíthetetlen",
    "teslim edilemedi", "недоставлен", "не доставлен", "не удается доставить",
    "не удалось доставить", "невозможно доставить", "ваше сообщение не", "ошибка доставки", "退信", "投递失败",
    "无法投递", "未送达", "未能送达", "無法傳遞", "寄送失敗", "配信不能", "配信エラー", "配信できません", "送信エラー", "不達", "未配信", "배달되지", "반송",
    "メールエラー", "エラー通知", "配信に失敗", "발송실패", "발송 실패", "전송 실패", "전송되지", "전달되지",
];

/// Programs that return mail and nothing else, as local parts of addresses.
#[rustfmt::skip]
pub(super) const DAEMONS: &[&str] = &[
    "mailer-daemon", "mailerdaemon", "mailer_daemon", "mail-daemon", "maildaemon", "mail.delivery.system",
    "mail-delivery", "maildelivery", "mdaemon", "microsoftexchange", "mailsystem", "mail-system",
    "bounce-notify", "double-bounce", "undeliverable", "mmdf", "post_master",
];

/// How such programs call themselves in front of their address.
#[rustfmt::skip]
pub(super) const DAEMON_NAMES: &[&str] = &[
    "mail deliver", "delivery subsystem", "delivery system",
    "mailer-daemon", "mailer daemon", "system administrator", "systemadministrator", "administrateur système",
    "administrador del sistema", "internet mail", "mail administrator", "microsoft outlook",
    "microsoft exchange", "mail system", "mail router", "mail server", "mailserver", "mail gateway",
    "message router", "message transfer agent", "returned mail",
    "postmaster", "antivirus", "anti-virus", "mailscanner", "content filter", "content-filter",
];

/// Addresses that belong to nobody in particular.
#[rustfmt::skip]
pub(super) const ROLES: &[&str] = &[
    "postmaster", "abuse", "hostmaster", "noc", "support", "help", "helpdesk", "admin", "administrator",
    "webmaster", "security", "root", "noreply", "no-reply", "feedback", "kundenservice", "unblock", "delist",
    "removeme",
];

/// Sentences in which a program says that it failed.
#[rustfmt::skip]
const FAILED: &[&str] = &[
    "could not be delivered", "couldn't be delivered", "cannot be delivered", "can not be delivered",
    "can't be delivered", "could not deliver", "couldn't deliver", "can not deliver", "cannot deliver",
    "was not delivered", "wasn't delivered", "were not delivered", "has not been delivered",
    "not delivered to", "not yet been delivered", "did not reach", "could not be reached",
    "did not receive this message", "unable to deliver", "wasn't able to deliver", "was not able to deliver",
    "delivery failed", "delivery has failed",
    "delivery failure", "delivery error", "delivery to the following", "delivery of your message",
    "failed to deliver", "failed addresses", "following address(es) failed", "following addresses failed",
    "following address failed", "following recipients failed", "failed recipient", "undeliverable",
    "undelivered", "delivery problem", "delivery attempt", "message has been returned",
    "message was returned", "mail has been returned", "returned mail", "had permanent fatal errors",
    "had transient non-fatal errors", "message was rejected", "was automatically rejected",
    "has been rejected", "rejected your message", "your message was not", "message has been blocked",
    "remote host said", "trouble delivering your message",
    "could not be sent", "was not sent", "failed to send", "returned to you", "has failed delivery",
    "following recipients were affected", "cannot send your message",
    "error occurred while trying to deliver", "incorrectly constructed", "malformed address", "remote server returned",
    "smtp error from", "in reply to rcpt to", "ikke levert",
    "ikke leveres", "ikkje levert", "ikkje leverast", "ikke kunne leveres", "ikke kan leveres", "ikke blitt levert", "ikkje blitt levert",
    "levere meldin", "levere e-posten", "inte levererats", "inte levereras", "leverera meddelande", "ikke afleveres", "ikke afleveret",
    "nicht zustellen", "nådde ikke", "nådde ikkje",
    "nåede ikke", "nådde inte", "nådde ej", "inte kunde levereras", "går ej att leverera",
    "ei tavoittanut", "nicht erreicht", "zustellung ist fehlgeschlagen", "n'a pas été distribué",
    "n'a pas atteint", "n'a pas été livré", "no llegó a", "não alcançou", "non è stato recapitato", "non è giunto", "niet bereikt",
    "nie dotarł", "nie dostarczono", "не достигло", "未能到达", "未到达", "전달되지",
    "blev ikke leveret",
    "levererades inte", "gick inte att leverera", "går inte att leverera",
    "ei voitu toimittaa", "nicht zugestellt", "nicht ausgeliefert", "nicht zustellbar",
    "zustellung fehlgeschlagen", "konnte nicht", "n'a pas pu être", "n'a pas pu etre", "n'a pu être",
    "n'ont pas pu être", "n'a pas été remis", "échec de la remise", "non remis", "no se pudo entregar",
    "no se ha podido entregar", "no pudo ser entregado", "no ha podido ser", "error de entrega",
    "não pôde ser entregue", "não foi possível entregar", "não foi entregue", "falha na entrega",
    "non è stato possibile", "non può essere", "impossibile recapitare", "mancata consegna",
    "niet worden bezorgd", "niet worden afgeleverd", "kon niet", "nie można dostarczyć", "nie mogła zostać",
    "nie została dostarczona", "nelze doručit", "nepodařilo se doručit", "nemohla být doručena", "nebylo možné doručit", "не может быть доставлено",
    "не было доставлено", "не удалось доставить", "не доставлено", "невозможно доставить", "无法送达", "无法投递",
    "被退回", "投递失败", "退信", "無法傳遞", "無法送達", "配信でき", "送信できません", "届けることができません", "送れません", "お届けできません",
    "エラー", "配信されません", "배달되지", "배달하지 못", "전송되지", "전송하지 못", "teslim edilemedi",
];

/// Sentences in which a program says that it went well.
#[rustfmt::skip]
const ARRIVED: &[&str] = &[
    "been successfully delivered", "been successfully relayed", "was successfully delivered",
    "successful delivery notifications", "has been delivered to the following", "was delivered to the following",
    "groups is complete, but no delivery notification", "recipients is complete, but no delivery notification",
    "er levert til følgende", "er levert til fylgjande", "er levert til desse", "har levererats till",
    "er leveret til følgende", "wurde an folgende empfänger zugestellt", "a été remis aux destinataires suivants",
    "se ha entregado a los siguientes", "foi entregue aos seguintes",
];

/// Why it failed, in words that also stand where nothing was returned: in logs, and in summaries of them.
const REASONS: &[&str] = &["recipient not found", "user unknown", "unknown user", "no such user"];

/// Whether a text (flattened) names a reason for which mail fails.
pub(super) fn names_reason(text: &str) -> bool {
    says_any(text, REASONS)
}

/// Whether a text (flattened) says that it went well.
pub(super) fn has_arrived(text: &str) -> bool {
    says_any(text, ARRIVED)
}

/// Whether a text (flattened) says that something could not be delivered.
pub(super) fn says_failed(text: &str) -> bool {
    says_any(text, FAILED)
}

/// Whether a subject (flattened) is one of bounces.
pub(super) fn is_bounce_subject(subject: &str) -> bool {
    says_any(subject, SUBJECTS)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// How a phrase decides: wherever it stands in a text.
    pub(in crate::feedback::bounce) fn stands_in(text: &str, phrase: &str) -> bool {
        text.contains(phrase)
    }

    /// How a phrase decides: only where a text begins with it.
    pub(in crate::feedback::bounce) fn begins(text: &str, phrase: &str) -> bool {
        text.starts_with(phrase)
    }

    /// A phrase that never decides anything, and the one that has decided before wherever it does.
    pub(in crate::feedback::bounce) fn find_idle(
        phrases: &[&'static str],
        decides: fn(&str, &str) -> bool,
    ) -> Option<[&'static str; 2]> {
        phrases.iter().enumerate().find_map(|(at, phrase)| {
            let mut others = phrases.iter().enumerate().filter(|(other, _)| *other != at);
            others.find(|(_, other)| decides(phrase, other)).map(|(_, other)| [*phrase, *other])
        })
    }

    #[test]
    fn no_phrase_stands_within_another() {
        for phrases in [FAILED, SUBJECTS, ARRIVED, REASONS, DAEMON_NAMES] {
            assert_eq!(find_idle(phrases, stands_in), None);
        }
    }

    #[test]
    fn no_daemon_begins_with_another() {
        // Looked for anywhere in a name too, but of a local part only the beginning counts.
        assert_eq!(find_idle(DAEMONS, begins), None);
    }

    #[test]
    fn a_phrase_within_another_is_idle_only_where_it_decides_first() {
        let phrases = ["out of office", "office", "out of"];
        assert_eq!(find_idle(&phrases, begins), Some(["out of office", "out of"]));
        assert_eq!(find_idle(&phrases[..2], begins), None);
        assert_eq!(find_idle(&phrases[..2], stands_in), Some(["out of office", "office"]));
    }
}
