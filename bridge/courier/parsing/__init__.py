"""Reading letters in processes with limits of time and memory, as much of each as can be read."""
