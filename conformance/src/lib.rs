//! Simulated member states, the demo, black-box suites and the load driver.
