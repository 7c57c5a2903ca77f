// A real OpenID provider for the tests: node server.mjs PORT REDIRECT_URI.
// Whoever is typed as login is signed in; PEOPLE says whom it vouches for.
import { Provider } from "oidc-provider";

const [port, redirect] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const PEOPLE = {
  officer: { email: "officer@demo.example", email_verified: true },
  "officer-renamed": { email: "officer@demo.example", email_verified: true },
  "officer-by-two": { email: "officer@demo.example", email_verified: true, amr: ["pwd", "mfa"] },
  "officer-by-code": { email: "officer@demo.example", email_verified: true, amr: ["otp"] },
  unverified: { email: "head@demo.example", email_verified: false },
  stranger: { email: "nobody@elsewhere.example", email_verified: true },
};

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "reports",
      client_secret: "a-secret-of-the-tests-and-worth-nothing",
      redirect_uris: [redirect],
      application_type: "native", // may be reached by http on loopback
    },
  ],
  claims: { openid: ["sub", "amr"], email: ["email", "email_verified"], profile: ["name"] },
  cookies: { keys: ["known-to-every-test"] },
  pkce: { required: () => true },
  findAccount: (context, sub) => {
    const { amr, ...claims } = PEOPLE[sub] ?? {};
    // How somebody signed in is the session's to say; its form for tests knows passwords alone.
    if (amr && context.oidc.session) context.oidc.session.amr = amr;
    return { accountId: sub, claims: () => ({ sub, ...claims }) };
  },
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
