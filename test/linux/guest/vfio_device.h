// A device that VFIO has opened: its window, its bus master bit, its interrupt.
#pragma once

// The engine in a type 1 container of its own: answers the container's file, and the device's.
int vfio_open_container(const char *name, int *device);
// Maps BAR0 and lets the device master the bus; ends the program if that fails.
void *vfio_open_window(int device, const char *name);
// An eventfd that counts the device's MSI.
int vfio_msi_eventfd(int device, const char *name);
