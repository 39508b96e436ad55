// A connection to the gateway that can be lost.
import net from 'node:net';

export class Proxy {
  #sockets = new Set();
  #isDown = false;

  constructor(target) {
    const { hostname, port } = new URL(target);
    this.server = net.createServer((client) => {
      if (this.#isDown) {
        client.destroy();
        return;
      }
      const upstream = net.connect(Number(port), hostname);
      for (const [one, other] of [[client, upstream], [upstream, client]]) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
  }

  async listen() {
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  /** Ends all connections, and refuses new ones until `up`. */
  down() {
    this.#isDown = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  up() {
    this.#isDown = false;
  }

  close() {
    this.down();
    this.server.close();
  }
}
