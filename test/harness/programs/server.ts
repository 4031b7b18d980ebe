/** Stands in for a server: says that it is ready, then runs until it is told to stop. */
process.on('SIGTERM', () => {
  console.log('stopping')
  if (!process.argv.includes('--stubborn')) process.exit(3)
})
process.on('SIGHUP', () => console.error('reloaded'))
setInterval(() => {}, 60_000)
console.log('ready')
