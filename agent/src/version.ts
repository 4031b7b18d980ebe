/** What heartbeats, the user agent and the connection's name say. */
export const agentVersion = '0.1.0'
