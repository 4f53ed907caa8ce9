// What the page of a subject loads: the heat line with momentum below.
import { Heat, Momentum } from "./heat.js";
import { start } from "./main.js";

start(Heat, Momentum);
