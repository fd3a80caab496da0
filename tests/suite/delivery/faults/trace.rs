//! Reads what `strace -f -y -xx` wrote: which bytes went where, and what was synced, in the order in which the
//! system saw it.

/// One call of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub name: String,
    /// What the first argument's descriptor stands for: a path, or `socket:[..]`.
    pub place: String,
    /// The bytes of the call's strings, in order.
    pub bytes: Vec<u8>,
    /// The arguments behind the last string, or behind the descriptor if there is none.
    pub numbers: Vec<i64>,
    /// What the call answered; none at its entry.
    pub answer: Option<i64>,
}

/// Entry or end of a call; a call that nothing came between is both, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Enters(Call),
    Ends(Call),
}

/// The events of a trace, in order.
pub fn read_trace(text: &str) -> Vec<Event> {
    let mut open: std::collections::HashMap<&str, Call> = std::collections::HashMap::new();
    let mut events = Vec::new();
    for line in text.lines() {
        let Some((process, rest)) = line.trim_start().split_once(' ') else { continue };
        let rest = rest.trim_start();
        if let Some(resumed) = rest.strip_prefix("<... ") {
            let Some(mut call) = open.remove(process) else { continue };
            call.answer = answer_of(resumed);
            events.push(Event::Ends(call));
        } else if let Some(call) = read_call(rest) {
            events.push(Event::Enters(Call { answer: None, ..call.clone() }));
            if rest.ends_with("<unfinished ...>") {
                open.insert(process, call);
            } else {
                events.push(Event::Ends(call));
            }
        }
    }
    events
}

fn read_call(text: &str) -> Option<Call> {
    let (name, rest) = text.split_once('(')?;
    let (_, described) = rest.split_once('<')?;
    let (place, rest) = described.split_once('>')?;
    let bytes: Vec<u8> = rest.split('"').skip(1).step_by(2).flat_map(read_hex).collect();
    let behind = rest.rsplit('"').next().unwrap_or(rest);
    let arguments = behind.split([')', '<']).next().unwrap_or_default();
    let numbers = arguments.split(',').filter_map(|word| word.trim().parse().ok()).collect();
    let place = String::from_utf8_lossy(&read_hex(place)).into_owned();
    Some(Call { name: name.to_owned(), place, bytes, numbers, answer: answer_of(behind) })
}

fn answer_of(text: &str) -> Option<i64> {
    text.rsplit_once(" = ")?.1.split(' ').next()?.parse().ok()
}

/// `\x68\x65i` is `hei`: what is no escape stands for itself.
fn read_hex(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4);
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let digits = rest.strip_prefix(b"\\x").and_then(|hex| std::str::from_utf8(hex.get(..2)?).ok());
        match digits.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[4..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    bytes
}

#[test]
fn calls_are_read_with_their_bytes_also_where_another_came_between() {
    let text = r#"7 write(8<\x2f\x61>, "\x68\x65\x69", 3) = 3
8 pwrite64(9</b>, "\x6a", 1, 4096 <unfinished ...>
7 fsync(8</a>)                            = 0
8 <... pwrite64 resumed>)                 = 1
7 sendto(5<socket:[12]>, "\x2e\x0d\x0a", 3, MSG_NOSIGNAL, NULL, 0) = 3
7 writev(5<socket:[12]>, [{iov_base="\x61", iov_len=1}, {iov_base="\x62", iov_len=1}], 2) = -1 EIO (Input/output error)
"#;
    let call = |name: &str, place: &str, bytes: &[u8], numbers: &[i64], answer| Call {
        name: name.into(),
        place: place.into(),
        bytes: bytes.into(),
        numbers: numbers.into(),
        answer,
    };
    let write = |answer| call("write", "/a", b"hei", &[3], answer);
    let late = |answer| call("pwrite64", "/b", b"j", &[1, 4096], answer);
    let sync = |answer| call("fsync", "/a", b"", &[], answer);
    let send = |answer| call("sendto", "socket:[12]", b".\r\n", &[3, 0], answer);
    let both = |answer| call("writev", "socket:[12]", b"ab", &[2], answer);
    assert_eq!(
        read_trace(text),
        [
            Event::Enters(write(None)),
            Event::Ends(write(Some(3))),
            Event::Enters(late(None)),
            Event::Enters(sync(None)),
            Event::Ends(sync(Some(0))),
            Event::Ends(late(Some(1))),
            Event::Enters(send(None)),
            Event::Ends(send(Some(3))),
            Event::Enters(both(None)),
            Event::Ends(both(Some(-1))),
        ]
    );
}
