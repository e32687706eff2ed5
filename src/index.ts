/**
 * wstap as a library: the WebSocket API of browsers, for Node, over the engine that the commands use.
 */
export { CloseEvent, type CloseEventInit } from './library/close-event.ts';
export type { SocketMessageEvent } from './library/message-event.ts';
export type { ConnectionOptions, HeaderList, TlsOptions } from './library/options.ts';
export { type BinaryType, WebSocket, type WebSocketEventMap, type WebSocketOptions } from './library/websocket.ts';
export { type WebSocketCloseInfo, WebSocketError } from './library/websocket-error.ts';
export {
  type WebSocketClosed,
  type WebSocketOpenInfo,
  WebSocketStream,
  type WebSocketStreamOptions,
} from './library/websocket-stream.ts';
export type { Limits } from './protocol/connection/limits.ts';
export type { SessionEvent } from './session/event.ts';
