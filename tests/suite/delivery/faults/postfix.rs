//! Postfix with a configuration and a queue of its own, and Dovecot's delivery agent behind it. The machine's own mail
//! server, if there is one, is not touched.
//!
//! - `gone@town.example.test` is unknown to Postfix, which finds out only after it has said 250.
//! - `full@town.example.test` has a mailbox over its quota, as Dovecot says.
//! - `late.example.test` cannot be reached for now: its sender is told of the delay.
//! - All else under `town.example.test`, and the forum's own return paths, Dovecot delivers.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::ports::HeldPort;

const MAIN: &str = "
compatibility_level = 3.6
queue_directory = FOLDER/queue
data_directory = FOLDER/data
maillog_file = FOLDER/data/log
maillog_file_prefixes = FOLDER
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
default_database_type = texthash
alias_maps =
alias_database =
local_recipient_maps =
mynetworks = 127.0.0.0/8
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_reject_unlisted_recipient = no
virtual_mailbox_domains = town.example.test, nes.example.test
virtual_mailbox_base = FOLDER
virtual_mailbox_maps = texthash:FOLDER/conf/known
transport_maps = texthash:FOLDER/conf/transport
default_transport = error:5.4.4 there is no way to it
recipient_delimiter = +
delay_warning_time = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
import_environment = MAIL_CONFIG
";

const MASTER: &str = "
127.0.0.1:PORT inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
dovecot unix - n n - - pipe flags=DR user=nobody argv=FOLDER/conf/deliver ${user}
";

/// `full` and the forum go to Dovecot; `gone` is nowhere, so Postfix's own agent says that it is unknown.
const TRANSPORT: &str = "
gone@town.example.test virtual:
town.example.test dovecot:
nes.example.test dovecot:
late.example.test retry:4.4.1 the line is down
";

const DELIVER: &str = "#!/bin/sh
export HOME=FOLDER/homes/$1 USER=$1
mkdir -p \"$HOME\" && cd \"$HOME\" || exit 75
case $1 in full) quota=1K ;; *) quota=10M ;; esac
told=$(/usr/lib/dovecot/dovecot-lda -c FOLDER/conf/dovecot.conf -o plugin/quota_rule=*:storage=$quota -e 2>&1)
status=$?
case $told in *Quota*) echo \"5.2.2 $told\" ;; *) echo \"$told\" ;; esac
exit $status
";

const DOVECOT: &str = "
mail_location = maildir:~/Maildir
log_path = FOLDER/homes/log
base_dir = FOLDER/dovecot
default_internal_user = nobody
stats_writer_socket_path =
protocols =
ssl = no
mail_plugins = quota
plugin {
  quota = maildir:User quota
  quota_rule = *:storage=10M
}
protocol lda {
  postmaster_address = postmaster@example.test
  hostname = mx.example.test
}
";

/// A running Postfix; it and its files go away with the value.
pub struct Postfix {
    master: Child,
    port: HeldPort,
    folder: tempfile::TempDir,
}

impl Drop for Postfix {
    /// The master process leads a session of its own: only `postfix stop` finds it, and waits for it.
    fn drop(&mut self) {
        let mut stop = Command::new("postfix");
        stop.arg("-c").arg(self.folder.path().join("conf")).arg("stop").stdin(Stdio::null());
        stop.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").stdout(Stdio::null()).stderr(Stdio::null());
        let _ = stop.status();
        let _ = self.master.kill();
        let _ = self.master.wait();
    }
}

impl Postfix {
    /// Starts one on a free port. Its master process must be root's, as every Postfix's.
    pub fn start() -> Postfix {
        let folder = tempfile::Builder::new().prefix("postfix").tempdir().unwrap();
        let port = HeldPort::hold();
        write_files(folder.path(), port.number());
        let script = format!(
            "chmod 755 {0} && mkdir {0}/queue {0}/data {0}/homes && chown postfix {0}/data && chown nobody {0}/homes && \
             exec postfix -c {0}/conf start-fg",
            folder.path().display()
        );
        let mut command = Command::new("sh");
        command.args(["-ec", &script]).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        let log = std::fs::File::create(folder.path().join("started")).unwrap();
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let mut postfix = Postfix { master: command.spawn().unwrap(), port, folder };
        while TcpStream::connect(postfix.port.address()).is_err() {
            if let Some(status) = postfix.master.try_wait().unwrap() {
                let told = std::fs::read_to_string(postfix.folder.path().join("started")).unwrap();
                panic!("Postfix ended with {status} (it must be started as root): {told}\n{}", postfix.log());
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        postfix
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.port.number())
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("data/log")).unwrap_or_default()
    }

    /// Where `user`'s mail is delivered, once there is any.
    pub fn maildir(&self, user: &str) -> PathBuf {
        self.folder.path().join("homes").join(user).join("Maildir")
    }

    /// The mails in `user`'s mailbox.
    pub fn list_mails(&self, user: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.maildir(user).join("new")).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

fn write_files(folder: &Path, port: u16) {
    let conf = folder.join("conf");
    std::fs::create_dir(&conf).unwrap();
    for (name, text) in [
        ("main.cf", MAIN),
        ("master.cf", MASTER),
        ("known", "full@town.example.test full/\n"),
        ("transport", TRANSPORT),
        ("deliver", DELIVER),
        ("dovecot.conf", DOVECOT),
        ("dynamicmaps.cf", ""),
    ] {
        let text = text.replace("FOLDER", &folder.display().to_string()).replace("PORT", &port.to_string());
        std::fs::write(conf.join(name), text).unwrap();
    }
    let deliver = conf.join("deliver");
    std::fs::set_permissions(deliver, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
}
