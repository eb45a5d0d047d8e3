// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A dma-engine for processes: whoever opens /dev/viommu-sva gets the engine bound to its address
 * space, its PASID from any ioctl, and BAR0 from mmap.
 */
#include <linux/fs.h>
#include <linux/iommu.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>

static struct pci_dev *engine;

static int sva_open(struct inode *inode, struct file *file)
{
	struct iommu_sva *handle = iommu_sva_bind_device(&engine->dev, current->mm);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	file->private_data = handle;
	return 0;
}

static int sva_release(struct inode *inode, struct file *file)
{
	iommu_sva_unbind_device(file->private_data);
	return 0;
}

static long sva_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	return iommu_sva_get_pasid(file->private_data);
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
