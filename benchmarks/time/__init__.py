"""Time: clips and numbered sequences laid back on the timelines that they were cut from."""
