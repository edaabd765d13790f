#!/usr/bin/env node
// A file of its own, since package managers link commands before anything has been built.
import '../dist/cli.js'
