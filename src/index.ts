/**
 * wstap as a library: the WebSocket API of browsers, a server beside it, and eyes for tests, over the engine that the
 * commands use. Nothing of the command line comes along.
 */

export type { Ending } from './endpoint/client.ts';
export { CloseEvent, type CloseEventInit } from './library/close-event.ts';
export type { DeflateOptions } from './library/deflate-options.ts';
export {
  type HandshakeAnswer,
  type InspectConnectOptions,
  type InspectedListener,
  type InspectListenOptions,
  type InspectOptions,
  inspect,
} from './library/inspect.ts';
export type { InspectedPeer, Step, WaitOptions } from './library/inspected-peer.ts';
export type { SocketMessageEvent } from './library/message-event.ts';
export type { ConnectionOptions, HeaderList, ProxyOption, ProxyOptions, TlsOptions, TlsVersion } from './library/options.ts';
export type { OriginOptions } from './library/origin-policy.ts';
export { ProtocolError } from './library/protocol-error.ts';
export type { Sendable, SendableNow, SendCallback, SendOptions } from './library/sending.ts';
export {
  type AddressInfo,
  type BroadcastOptions,
  type CloseOptions,
  WebSocketServer,
  type WebSocketServerEvents,
} from './library/server.ts';
export type {
  ServerBinaryType,
  ServerErrorEvent,
  ServerMessageEvent,
  ServerWebSocketEventMap,
  ServerWebSocketEvents,
} from './library/server-events.ts';
export type {
  VerifyCallback,
  VerifyClient,
  VerifyInfo,
  WebSocketServerOptions,
} from './library/server-options.ts';
export type { ServerWebSocket } from './library/server-websocket.ts';
export {
  type FrameMatch,
  type FramePattern,
  InspectError,
  type InspectedFrame,
  type InspectedMessage,
  type MessagePattern,
  type TextPattern,
} from './library/transcript.ts';
export type { UpgradeRequest } from './library/upgrade-request.ts';
export { type BinaryType, WebSocket, type WebSocketEventMap, type WebSocketOptions } from './library/websocket.ts';
export { type WebSocketCloseInfo, WebSocketError } from './library/websocket-error.ts';
export {
  type WebSocketClosed,
  type WebSocketOpenInfo,
  WebSocketStream,
  type WebSocketStreamOptions,
} from './library/websocket-stream.ts';
export type { Action, FrameSpec } from './protocol/connection/action.ts';
export type { Limits } from './protocol/connection/limits.ts';
export type { ServerPreference } from './protocol/extension/permessage-deflate.ts';
export type { Frame } from './protocol/frame/frame.ts';
export type { Finding } from './protocol/handshake/finding.ts';
export type { Field, Head, RequestHead, ResponseHead } from './protocol/http/head.ts';
export type { MessageView } from './protocol/message/message.ts';
export type { PreparedMessage } from './protocol/message/prepared.ts';
export type { RuleId, Violation } from './protocol/rule.ts';
export type { Direction, SessionEvent } from './session/event.ts';
export type { Pace } from './transport/paced.ts';
export type { Detour, Resolution, Road } from './transport/route.ts';
