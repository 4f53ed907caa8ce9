// What the page of a series loads.
import { start } from "./main.js";
import { Series } from "./series.js";

start(Series);
