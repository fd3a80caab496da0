// `node nodemailer.mjs HOST:PORT SESSIONS LETTERS BYTES unsigned|rsa [KEY]` sends and prints the seconds it took.
//
// As a program on nodemailer is usually written: one pooled transport, each message built from its recipient's html
// and text. Twice as many are on their way as there are sessions, so that none of these waits for the next message.

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import nodemailer from 'nodemailer';

const [address, sessions, letters, bytes, signature, key] = process.argv.slice(2);
const [host, port] = address.split(':');
const LINE = 'Innhold som er skrevet en gang og brukt i mange brev, linje for linje, så.';
const BASE = 'https://forum.example.test';
// Not counted: they open the connections, and by then the code is compiled.
const WARM_UP = 200;

// So many paragraphs, shared out among the cards, make the letter as long as asked once it is encoded.
const lines = Math.floor(Math.max(0, bytes - 3600) / 100);
const some = LINE.repeat(Math.max(1, Math.floor(lines / 60)));
const cards = Array.from({ length: 40 }, (_, number) => ({
    number,
    title: 'Innspill til ny veileder',
    lead: some,
    lines: Array(Math.max(1, Math.floor(lines * 0.105))).fill(LINE)
}));

const sign = (purpose, n) => createHmac('sha256', Buffer.alloc(32, 7)).update(`${purpose}${n}`).digest('base64url');
const escape = text => text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);

function build(n) {
    const [token, leave] = [sign('l', n), sign('u', n)];
    const chosen = Array.from({ length: 7 }, (_, i) => cards[(n * 7 + i * 3) % cards.length]);
    const link = card => `${BASE}/l/${token}/item/${card.number}`;
    const paragraph = line => `<p style="margin:0 0 8px">${escape(line)}</p>\n`;
    const html = card =>
        `<h2><a href="${link(card)}">${escape(card.title)}</a></h2>\n<p>${escape(card.lead)}</p>\n` +
        card.lines.map(paragraph).join('');
    return {
        from: 'Forum <forum@forum.example.test>',
        replyTo: 'svar@forum.example.test',
        to: `Kari Nes <p${n}@example.test>`,
        subject: 'Frist fredag: innspill (+ 6 saker)',
        messageId: `<${n}@forum.example.test>`,
        list: { unsubscribe: `${BASE}/u/${leave}` },
        textEncoding: 'quoted-printable',
        text: `Hei, Kari\n\n${some}\n${chosen.map(c => `\n${c.title}\n${c.lead}\n${link(c)}\n`).join('')}\nMeld av: ${BASE}/u/${leave}\n`,
        html: `<!doctype html>\n<html lang="nb"><body><p>Hei, Kari</p>\n<p>${escape(some)}</p>\n${chosen.map(html).join('')}` +
            `<p><a href="${BASE}/u/${leave}">Meld av</a></p></body></html>\n`
    };
}

const transport = nodemailer.createTransport({
    host, port: Number(port), secure: false, ignoreTLS: true,
    pool: true, maxConnections: Number(sessions), maxMessages: Infinity,
    dkim: signature === 'rsa'
        ? { domainName: 'forum.example.test', keySelector: 'figures', privateKey: readFileSync(key, 'utf8') }
        : undefined
});

async function send(count) {
    let next = 0;
    const work = async () => {
        while (next < count) await transport.sendMail(build(next++));
    };
    await Promise.all(Array.from({ length: sessions * 2 }, work));
}

await send(WARM_UP);
const start = performance.now();
await send(Number(letters));
console.log((performance.now() - start) / 1000);
transport.close();
