// A receiver that checks signatures with the `standardwebhooks` package of npm. Prints its port when it listens; answers 204
// to what is genuine and 401, with the reason, to what is not.

import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.RECEIVER_SECRET);

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  try {
    webhook.verify(Buffer.concat(parts), request.headers);
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(401).end(String(error));
  }
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
