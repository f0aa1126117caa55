// An identity provider for tests: oauth2-mock-server, told by POST /steer what to answer.
// usage: node identity_provider.mjs PATH_OF_THE_PACKAGE PORT
import { createServer } from "node:http";

const [place, port] = process.argv.slice(2);
const { OAuth2Server } = await import(place);
const server = new OAuth2Server();
await server.issuer.keys.generate("RS256");

const told = { wishes: {}, posts: [] };

server.service.on("beforeTokenSigning", (token) => {
  Object.assign(token.payload, told.wishes.claims ?? {});
  for (const name of told.wishes.without ?? []) delete token.payload[name];
});
server.service.on("beforeResponse", (response, request) => {
  told.posts.push({ form: request.body, basic: request.headers.authorization ?? "" });
  if (told.wishes.id_token !== undefined) response.body.id_token = told.wishes.id_token;
  Object.assign(response.body, told.wishes.body ?? {});
  if (told.wishes.status) response.statusCode = told.wishes.status;
});
server.service.on("beforeAuthorizeRedirect", (redirect) => {
  for (const [name, held] of Object.entries(told.wishes.redirect ?? {})) {
    redirect.url.searchParams.set(name, held);
  }
});

const answer = server.service.requestHandler;
const front = createServer((request, response) => {
  if (request.url === "/steer") return steer(request, response);
  if (request.url === "/.well-known/openid-configuration" && told.wishes.discovery) {
    return discovery(request, response);
  }
  return answer(request, response);
});

async function steer(request, response) {
  let body = "";
  for await (const part of request) body += part;
  const wishes = JSON.parse(body);
  // Keys sign in turns, the access token first: with two of them the newer signs ID tokens.
  if (wishes.rotate) await server.issuer.keys.generate(wishes.rotate);
  told.wishes = wishes;
  const posts = told.posts.splice(0);
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify({ posts, keys: server.issuer.keys.toJSON() }));
}

function discovery(request, response) {
  const end = response.end.bind(response);
  response.end = (text) => {
    const document = { ...JSON.parse(text.toString()), ...told.wishes.discovery };
    const changed = Buffer.from(JSON.stringify(document));
    response.setHeader("Content-Length", changed.length);
    response.end = end;
    return end(changed);
  };
  return answer(request, response);
}

server.issuer.url = `http://127.0.0.1:${port}`;
front.listen(Number(port), "127.0.0.1");
