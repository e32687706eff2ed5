/**
 * What the process says to the shell that started it. Users rely on these numbers; the man page lists them.
 */
export const ExitStatus = {
  /** Done; the connection was closed cleanly (1000, 1001 or no code). */
  ok: 0,
  /** An expectation, a check or a comparison was not met. */
  unmet: 1,
  /** Bad argument, bad command. */
  usage: 2,
  /** Something local: a file, the configuration, a port in use. */
  local: 3,
  /** Name resolution, connection or proxy failed. */
  connect: 4,
  tls: 5,
  /** The opening handshake was refused or wrong. */
  handshake: 6,
  /** The peer broke the protocol or its limits. */
  protocol: 7,
  /** Closed abnormally (1006) or with a code other than 1000 and 1001. */
  abnormal: 8,
  /** A bug in wstap itself (EX_SOFTWARE of sysexits). */
  bug: 70,
  timeout: 124,
  sighup: 129,
  sigint: 130,
  sigpipe: 141,
  sigterm: 143,
} as const;

export type ExitStatus = (typeof ExitStatus)[keyof typeof ExitStatus];
