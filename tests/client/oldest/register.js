// node --import ./oldest/register.js: the tests import the oldest client that is supported, from the packages here.

import { register } from "node:module";

register("./resolve.js", import.meta.url);
