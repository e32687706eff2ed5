import { connect } from 'node:net';

/** An answer to plain HTTP, as it came. */
export interface PlainReply {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Asks with a target that is sent as it is written, whatever a library would make of it. */
export function ask(
  port: number,
  target: string,
  { method = 'GET', headers = {} as Readonly<Record<string, string>>, host = `127.0.0.1:${port}` } = {},
): Promise<PlainReply> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const pieces: Buffer[] = [];
    const lines = Object.entries({ Host: host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'));
    socket.on('data', (chunk) => pieces.push(chunk));
    socket.on('error', reject);
    socket.on('end', () => {
      socket.end();
      resolve(parsed(Buffer.concat(pieces)));
    });
  });
}

function parsed(bytes: Buffer): PlainReply {
  const end = bytes.indexOf('\r\n\r\n');
  const [start = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers = new Map(
    lines
      .map((line) => /^([^:]+): ?(.*)$/.exec(line)?.slice(1) as [string, string])
      .map(([name, value]) => [name.toLowerCase(), value]),
  );
  return { status: Number(start.split(' ')[1]), headers, body: bytes.subarray(end + 4) };
}
