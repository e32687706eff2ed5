import { build, parse } from './codec.js';
import { handshakes, memory } from './connection.js';
import { deflate, echoes, roundTrip, watched } from './echo.js';
import { flood } from './flood.js';
import { many } from './many.js';
import { pipe } from './pipe.js';
import { startup } from './startup.js';

/** What is measured, in the order in which it is run. */
export const CASES = [parse, build, echoes, deflate, watched, flood, roundTrip, handshakes, memory, many, startup, pipe];
