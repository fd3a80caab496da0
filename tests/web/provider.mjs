// A real OpenID Connect provider on loopback, for tests/suite/sign_in/provider.rs: its own pages for signing in and for
// consent. Arguments: the folder that npm filled, the redirect address, our secret. Prints its issuer, and ends with its parent.
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// Standard output is for the issuer alone: what the program warns of would break the pipe that nobody reads.
console.info = console.warn = console.error;

const [modules, redirect, secret] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(join(modules, "oidc-provider/lib/index.js")).href);

// Who signs in as NAME has the address NAME@forum.example; mallory says the lead's, which nobody has verified.
const claims = (name) => name === "mallory"
  ? { sub: name, email: "lise@forum.example", email_verified: false }
  : { sub: name, email: `${name}@forum.example`, email_verified: true };

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "treff", client_secret: secret, redirect_uris: [redirect] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    cookies: { keys: ["only for a test"] },
    pkce: { required: () => true },
    findAccount: (_, name) => ({ accountId: name, claims: () => claims(name) }),
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
process.stdin.on("end", () => process.exit(0)).resume();
