// The little JavaScript of Heatwatch. Every page works without it.
import "./live.js";
import "./visit.js";
import "./attention.js";
import "./theme.js";
import "./keyboard.js";
import "./filter.js";
import "./print.js";
import "./copy.js";
