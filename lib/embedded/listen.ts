import type { Server } from 'node:net';
import { StepwrightError } from '#core/error.ts';

/** Where to listen, and what for, so that the message can say which option to change. */
export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The command line option that sets the port, such as `--port`. */
  readonly option: string;
}

/** Starts to listen and resolves with the port. Throws SW3001 when it is taken, SW3002 when it may not be used. */
export function listen(server: Server, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => reject(listenFault(error, options));
    server.once('error', refuse);
    server.listen(options.port, options.host, () => {
      server.off('error', refuse);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : options.port);
    });
  });
}

function listenFault(error: NodeJS.ErrnoException, { host, port, option }: ListenOptions): StepwrightError {
  const taken = error.code === 'EADDRINUSE';
  return new StepwrightError(
    {
      code: taken ? 'SW3001' : 'SW3002',
      kind: 'unavailable',
      message: taken
        ? `port ${port} on ${host} is already in use`
        : `cannot listen on ${host}:${port}: ${error.message}`,
      hint: `choose another one with ${option} (${option} 0 takes any free port)`,
    },
    { cause: error },
  );
}
