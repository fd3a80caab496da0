//! A real IMAP server on free ports, with a mailbox of its own; stops when dropped.

use std::io::Write as _;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};

use crate::ports::HeldPort;

pub const USER: &str = "bounce@forum.example";
const JWT_KEY: &[u8] = b"a key that only these tests know";

pub struct Dovecot {
    process: Child,
    folder: tempfile::TempDir,
    /// Whose the mail is.
    owner: (String, String),
    /// STARTTLS, or none.
    pub port: u16,
    /// TLS from the start.
    pub tls_port: u16,
    _held: [HeldPort; 2],
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // Its children end with it when it is asked to end.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

fn ask(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl Dovecot {
    pub fn start() -> Dovecot {
        let folder = tempfile::Builder::new().prefix("dove").tempdir().unwrap();
        let at = folder.path();
        std::fs::set_permissions(at, std::fs::Permissions::from_mode(0o755)).unwrap();
        for part in ["run", "state", "mail/new", "mail/cur", "mail/tmp", "keys/default/HS256"] {
            std::fs::create_dir_all(at.join(part)).unwrap();
        }
        let made = rcgen::generate_simple_self_signed(vec!["localhost".into(), "127.0.0.1".into()]).unwrap();
        std::fs::write(at.join("cert.pem"), made.cert.pem()).unwrap();
        std::fs::write(at.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        std::fs::write(at.join("keys/default/HS256/default"), STANDARD.encode(JWT_KEY)).unwrap();
        std::fs::write(
            at.join("oauth2.conf"),
            format!(
                "introspection_mode = local\nusername_attribute = sub\n\
                 local_validation_key_dict = fs:posix:prefix={}/keys/\n",
                at.display()
            ),
        )
        .unwrap();
        let is_root = ask("id", &["-u"]) == "0";
        let owner = if is_root {
            ("nobody".to_owned(), "nogroup".to_owned())
        } else {
            (ask("id", &["-un"]), ask("id", &["-gn"]))
        };
        let held = [HeldPort::hold(), HeldPort::hold()];
        let [port, tls_port] = [held[0].number(), held[1].number()];
        std::fs::write(at.join("dovecot.conf"), settings(at, is_root, &owner, port, tls_port)).unwrap();
        let process = Command::new("/usr/sbin/dovecot")
            .args(["-F", "-c", &at.join("dovecot.conf").display().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("dovecot-imapd is installed");
        let mut server = Dovecot { process, folder, owner, port, tls_port, _held: held };
        server.own(&server.path("mail"));
        while TcpStream::connect(("127.0.0.1", tls_port)).is_err() {
            let ended = server.process.try_wait().unwrap();
            assert!(ended.is_none(), "{}", std::fs::read_to_string(server.path("log")).unwrap_or_default());
            std::thread::yield_now();
        }
        server
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn own(&self, path: &Path) {
        let (user, group) = &self.owner;
        let done = Command::new("chown").arg("-R").arg(format!("{user}:{group}")).arg(path).status();
        assert!(done.unwrap().success());
    }

    /// Lays mails into the inbox, in this order.
    pub fn deliver(&self, mails: &[String]) {
        let before = self.count();
        for (n, mail) in mails.iter().enumerate() {
            let name = format!("mail/tmp/18{:08}.test", n + before);
            std::fs::File::create(self.path(&name)).unwrap().write_all(mail.as_bytes()).unwrap();
        }
        self.own(&self.path("mail/tmp"));
        for entry in std::fs::read_dir(self.path("mail/tmp")).unwrap() {
            let entry = entry.unwrap();
            std::fs::rename(entry.path(), self.path("mail/new").join(entry.file_name())).unwrap();
        }
    }

    fn count(&self) -> usize {
        ["new", "cur"].iter().map(|part| self.names(&format!("mail/{part}")).len()).sum()
    }

    fn names(&self, part: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.path(part)) else { return vec![] };
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// How many mails of a folder (`""` is the inbox) are read, and how many are not.
    pub fn read_and_unread(&self, folder: &str) -> (usize, usize) {
        let mut names = self.names(&format!("mail/{folder}cur"));
        names.extend(self.names(&format!("mail/{folder}new")));
        let is_read = |name: &&String| name.split(":2,").nth(1).is_some_and(|flags| flags.contains('S'));
        let read = names.iter().filter(is_read).count();
        (read, names.len() - read)
    }

    /// A token as an authority of these tests signs them.
    pub fn token(&self, user: &str) -> String {
        let head = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"HS256"}"#);
        let body = format!(r#"{{"sub":"{user}","iat":1700000000,"exp":4000000000}}"#);
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(body));
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(JWT_KEY).unwrap();
        mac.update(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }
}

fn settings(at: &Path, is_root: bool, owner: &(String, String), port: u16, tls_port: u16) -> String {
    let at = at.display();
    let (user, group) = owner;
    let users = match is_root {
        true => String::new(),
        false => format!(
            "default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n"
        ),
    };
    format!(
        "{users}base_dir = {at}/run
state_dir = {at}/state
log_path = {at}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{at}/cert.pem
ssl_key = <{at}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
mail_max_userip_connections = 100
passdb {{
  driver = static
  mechanisms = plain login
  args = password=hemmelig
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {at}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={at}/mail
}}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{at}/mail
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"
    )
}
