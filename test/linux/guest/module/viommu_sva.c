// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A dma-engine for processes: whoever opens /dev/viommu-sva gets the engine bound to its address
 * space, its PASID from ioctl, and BAR0 from mmap. Tests can keep back the unit's interrupts.
 */
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/irq.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "viommu_sva.h"

static bool complain;
module_param(complain, bool, 0);
MODULE_PARM_DESC(complain, "WARN when the module is loaded");

static struct pci_dev *engine;

/* The interrupt that is kept back, and by whom; 0 if none is. */
static DEFINE_MUTEX(hold_lock);
static unsigned int held_interrupt;
static struct file *holder;

static int sva_open(struct inode *inode, struct file *file)
{
	struct iommu_sva *handle = iommu_sva_bind_device(&engine->dev, current->mm);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	file->private_data = handle;
	return 0;
}

static int hold_interrupt(struct file *file, unsigned int interrupt)
{
	guard(mutex)(&hold_lock);
	if (held_interrupt)
		return -EBUSY;
	if (!irq_get_irq_data(interrupt))
		return -EINVAL;
	disable_irq(interrupt);
	held_interrupt = interrupt;
	holder = file;
	return 0;
}

static int let_interrupt(struct file *file)
{
	guard(mutex)(&hold_lock);
	if (!held_interrupt || holder != file)
		return -EINVAL;
	enable_irq(held_interrupt);
	held_interrupt = 0;
	return 0;
}

static int sva_release(struct inode *inode, struct file *file)
{
	let_interrupt(file);
	iommu_sva_unbind_device(file->private_data);
	return 0;
}

static long sva_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	switch (command) {
	case VIOMMU_SVA_PASID:
		return iommu_sva_get_pasid(file->private_data);
	case VIOMMU_SVA_HOLD_INTERRUPT:
		return hold_interrupt(file, argument);
	case VIOMMU_SVA_LET_INTERRUPT:
		return let_interrupt(file);
	default:
		return -ENOTTY;
	}
}

static int sva_mmap(struct file *file, struct vm_area_struct *area)
{
	size_t size = area->vm_end - area->vm_start;

	if (area->vm_pgoff != 0 || size > pci_resource_len(engine, 0))
		return -EINVAL;
	area->vm_page_prot = pgprot_noncached(area->vm_page_prot);
	return io_remap_pfn_range(area, area->vm_start, pci_resource_start(engine, 0) >> PAGE_SHIFT,
				  size, area->vm_page_prot);
}

static const struct file_operations sva_operations = {
	.owner = THIS_MODULE,
	.open = sva_open,
	.release = sva_release,
	.unlocked_ioctl = sva_ioctl,
	.mmap = sva_mmap,
};

static struct miscdevice sva_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "viommu-sva",
	.fops = &sva_operations,
};

static int sva_probe(struct pci_dev *device, const struct pci_device_id *id)
{
	int error = pcim_enable_device(device);

	WARN(complain, "viommu_sva: asked to complain\n");
	if (error)
		return error;
	if (engine)
		return -EBUSY;
	pci_set_master(device);
	engine = device;
	error = misc_register(&sva_device);
	if (error)
		engine = NULL;
	return error;
}

static void sva_remove(struct pci_dev *device)
{
	misc_deregister(&sva_device);
	pci_clear_master(device);
	engine = NULL;
}

static const struct pci_device_id sva_ids[] = {
	{ PCI_DEVICE(0x1234, 0xd3a1) },
	{ }
};
MODULE_DEVICE_TABLE(pci, sva_ids);

static struct pci_driver sva_driver = {
	.name = "viommu_sva",
	.id_table = sva_ids,
	.probe = sva_probe,
	.remove = sva_remove,
};
module_pci_driver(sva_driver);

MODULE_DESCRIPTION("Shared virtual addressing with viommu's dma-engine");
MODULE_LICENSE("Dual MIT/GPL");
