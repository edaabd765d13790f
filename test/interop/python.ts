// Which Python runs the peers: that of Debian, for which its packages are installed.

export const PYTHON = '/usr/bin/python3'
