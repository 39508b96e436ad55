// A server before the gateway that has a stream of events of its own.
import http from 'node:http';

export class EventServer {
  #readers = new Set();

  constructor(target) {
    this.server = http.createServer((request, response) => {
      if (request.url.startsWith('/api/v1/events')) {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': open\n\n');
        this.#readers.add(response);
        response.on('close', () => this.#readers.delete(response));
        return;
      }
      const { method, headers, url } = request;
      request.pipe(http.request(new URL(url, target), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      }));
    });
  }

  async listen() {
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  send(type, data) {
    for (const reader of this.#readers) reader.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
  }
}
