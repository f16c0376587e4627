import { createServer, type Server, type Socket } from 'node:net';
import { Aedes, type AuthenticateError } from 'aedes';
import { isSecret } from '#api/token-check.ts';
import { listen } from './listen.ts';

/** How to start the broker. */
export interface BrokerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** When set, clients must give it as their password. */
  readonly password?: string;
}

/** A running MQTT broker. */
export interface Broker {
  /** Such as `mqtt://127.0.0.1:1883`. */
  readonly url: string;
  readonly port: number;
  /** Drops all clients and stops listening. */
  close(): Promise<void>;
}

/** CONNACK return code 4 of MQTT 3.1.1: bad user name or password. */
const BAD_PASSWORD = 4;

/** A client that does not read for this long is dropped, so that it does not hold up the others. In ms. */
const DRAIN_TIMEOUT_MS = 10_000;

/** Starts an MQTT 3.1.1 broker in this process. Throws SW3001 when the port is taken. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const aedes = await Aedes.createBroker({
    drainTimeout: DRAIN_TIMEOUT_MS,
    authenticate: (_client, _user, password, done) => {
      if (options.password === undefined || matches(password, options.password)) done(null, true);
      else done(refusal(), false);
    },
  });
  // Messages are small and wait for each other: collecting them (Nagle) would cost each 40 ms.
  const server = createServer({ noDelay: true }, (socket: Socket) => void aedes.handle(socket));
  const closeBroker = (): Promise<void> => new Promise((resolve) => aedes.close(resolve));
  try {
    const port = await listen(server, { ...options, option: '--mqtt-port' });
    return {
      url: `mqtt://${options.host}:${port}`,
      port,
      close: async () => {
        await closeBroker();
        await closeServer(server);
      },
    };
  } catch (error) {
    await closeBroker();
    throw error;
  }
}

function matches(given: Readonly<Buffer | undefined>, expected: string): boolean {
  return given !== undefined && isSecret(given, expected);
}

function refusal(): AuthenticateError {
  return Object.assign(new Error('the password is the token of the data directory'), {
    returnCode: BAD_PASSWORD,
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
