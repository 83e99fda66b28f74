#!/usr/bin/env node
import { runProgram } from './program.js';
import { processWorld } from './world.js';

// process.exit, not exitCode: an input pipe left open by an interrupted analysis must not keep the process alive.
process.exit(await runProgram(process.argv.slice(2), processWorld()));
