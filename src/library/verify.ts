import type { AdmissionOptions, PolicyRefusal } from '../endpoint/admitting.ts';
import { applyHeaderLines } from '../protocol/handshake/request.ts';
import type { RequestHead } from '../protocol/http/head.ts';
import type { Transport } from '../transport/transport.ts';
import { reportException } from './report.ts';
import type { VerifyCallback, VerifyClient, VerifyInfo } from './server-options.ts';
import type { UpgradeRequest } from './upgrade-request.ts';

/** `verifyClient` in its three forms, as the one question that an admission asks. A hook that throws refuses with 500. */
export function verifier(
  verifyClient: VerifyClient,
  requestOf: (head: RequestHead, transport: Transport) => UpgradeRequest,
): NonNullable<AdmissionOptions['verify']> {
  return (head, transport, decide) => {
    const answer: VerifyCallback = (verified, status = 401, message, headers = {}) => {
      decide(verified ? undefined : refused(status, message, headers));
    };
    const failed = (error: unknown) => {
      reportException(error);
      answer(false, 500);
    };
    const info = infoOf(requestOf(head, transport));
    try {
      const verdict = verifyClient(info, answer);
      if (verifyClient.length >= 2) return;
      if (verdict instanceof Promise) verdict.then((verified) => answer(verified === true), failed);
      else answer(Boolean(verdict));
    } catch (error) {
      failed(error);
    }
  };
}

function infoOf(req: UpgradeRequest): VerifyInfo {
  return { origin: req.headers.origin, secure: 'encrypted' in req.socket && req.socket.encrypted === true, req };
}

function refused(
  status: number,
  message: string | undefined,
  headers: Readonly<Record<string, string | readonly string[]>>,
): PolicyRefusal {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((each) => `${name}: ${each}`),
  );
  const fields = applyHeaderLines([], lines);
  const requirement = 'The client is one that verifyClient lets in';
  const finding = { id: 'verify', level: 'fail', side: 'client', section: 'verifyClient', requirement } as const;
  return { status, finding, headers: fields, ...(message !== undefined && { body: message }) };
}
