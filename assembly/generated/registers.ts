// Offsets and fields of the registers (VT-d 5.10 §11.4).
// Generated from host/spec/registers.ts by "npm run generate"; edit that instead.

// CAP: Capability (§11.4.2)
export const REG_CAP: i32 = 0x8;
export const CAP_ESRTPS: u64 = 0x8000000000000000;
export const CAP_ESIRTPS: u64 = 0x4000000000000000;
export const CAP_ECMDS: u64 = 0x2000000000000000;
export const CAP_FS5LP: u64 = 0x1000000000000000;
export const CAP_PI: u64 = 0x800000000000000;
export const CAP_FS1GP: u64 = 0x100000000000000;
export const CAP_DRD: u64 = 0x80000000000000;
export const CAP_DWD: u64 = 0x40000000000000;
export const CAP_MAMV_SHIFT: u64 = 48;
export const CAP_MAMV_MASK: u64 = 0x3f;
export const CAP_MAMV_FIELD: u64 = 0x3f000000000000;
export const CAP_NFR_SHIFT: u64 = 40;
export const CAP_NFR_MASK: u64 = 0xff;
export const CAP_NFR_FIELD: u64 = 0xff0000000000;
export const CAP_PSI: u64 = 0x8000000000;
export const CAP_SSLPS_SHIFT: u64 = 34;
export const CAP_SSLPS_MASK: u64 = 0xf;
export const CAP_SSLPS_FIELD: u64 = 0x3c00000000;
export const CAP_FRO_SHIFT: u64 = 24;
export const CAP_FRO_MASK: u64 = 0x3ff;
export const CAP_FRO_FIELD: u64 = 0x3ff000000;
export const CAP_ZLR: u64 = 0x400000;
export const CAP_MGAW_SHIFT: u64 = 16;
export const CAP_MGAW_MASK: u64 = 0x3f;
export const CAP_MGAW_FIELD: u64 = 0x3f0000;
export const CAP_SAGAW_SHIFT: u64 = 8;
export const CAP_SAGAW_MASK: u64 = 0x1f;
export const CAP_SAGAW_FIELD: u64 = 0x1f00;
export const CAP_CM: u64 = 0x80;
export const CAP_PHMR: u64 = 0x40;
export const CAP_PLMR: u64 = 0x20;
export const CAP_RWBF: u64 = 0x10;
export const CAP_AFL: u64 = 0x8;
export const CAP_ND_SHIFT: u64 = 0;
export const CAP_ND_MASK: u64 = 0x7;
export const CAP_ND_FIELD: u64 = 0x7;

// ECAP: Extended capability (§11.4.3)
export const REG_ECAP: i32 = 0x10;
export const ECAP_IRREQ: u64 = 0x4000000000000000;
export const ECAP_EIMER: u64 = 0x2000000000000000;
export const ECAP_RDTS: u64 = 0x1000000000000000;
export const ECAP_HPT1GPS: u64 = 0x800000000000000;
export const ECAP_SMS: u64 = 0x400000000000000;
export const ECAP_SSIRWS: u64 = 0x200000000000000;
export const ECAP_PTRS: u64 = 0x100000000000000;
export const ECAP_HPTS: u64 = 0x80000000000000;
export const ECAP_RPRIVS: u64 = 0x20000000000000;
export const ECAP_ADMS: u64 = 0x10000000000000;
export const ECAP_PMS: u64 = 0x8000000000000;
export const ECAP_TDXCS: u64 = 0x4000000000000;
export const ECAP_RPS: u64 = 0x2000000000000;
export const ECAP_SMPWCS: u64 = 0x1000000000000;
export const ECAP_FSTS: u64 = 0x800000000000;
export const ECAP_SSTS: u64 = 0x400000000000;
export const ECAP_SSADS: u64 = 0x200000000000;
export const ECAP_VCS: u64 = 0x100000000000;
export const ECAP_SMTS: u64 = 0x80000000000;
export const ECAP_PDS: u64 = 0x40000000000;
export const ECAP_DIT: u64 = 0x20000000000;
export const ECAP_PASID: u64 = 0x10000000000;
export const ECAP_PSS_SHIFT: u64 = 35;
export const ECAP_PSS_MASK: u64 = 0x1f;
export const ECAP_PSS_FIELD: u64 = 0xf800000000;
export const ECAP_EAFS: u64 = 0x400000000;
export const ECAP_NWFS: u64 = 0x200000000;
export const ECAP_SRS: u64 = 0x80000000;
export const ECAP_ERS: u64 = 0x40000000;
export const ECAP_PRS: u64 = 0x20000000;
export const ECAP_NEST: u64 = 0x4000000;
export const ECAP_MTS: u64 = 0x2000000;
export const ECAP_MHMV_SHIFT: u64 = 20;
export const ECAP_MHMV_MASK: u64 = 0xf;
export const ECAP_MHMV_FIELD: u64 = 0xf00000;
export const ECAP_IRO_SHIFT: u64 = 8;
export const ECAP_IRO_MASK: u64 = 0x3ff;
export const ECAP_IRO_FIELD: u64 = 0x3ff00;
export const ECAP_SC: u64 = 0x80;
export const ECAP_PT: u64 = 0x40;
export const ECAP_EIM: u64 = 0x10;
export const ECAP_IR: u64 = 0x8;
export const ECAP_DT: u64 = 0x4;
export const ECAP_QI: u64 = 0x2;
export const ECAP_C: u64 = 0x1;

// VER: Version (§11.4.1)
export const REG_VER: i32 = 0x0;
export const VER_MAX_SHIFT: u32 = 4;
export const VER_MAX_MASK: u32 = 0xf;
export const VER_MAX_FIELD: u32 = 0xf0;
export const VER_MIN_SHIFT: u32 = 0;
export const VER_MIN_MASK: u32 = 0xf;
export const VER_MIN_FIELD: u32 = 0xf;

// GCMD: Global command (§11.4.4.1)
export const REG_GCMD: i32 = 0x18;
export const GCMD_TE: u32 = 0x80000000;
export const GCMD_SRTP: u32 = 0x40000000;
export const GCMD_SFL: u32 = 0x20000000;
export const GCMD_EAFL: u32 = 0x10000000;
export const GCMD_WBF: u32 = 0x8000000;
export const GCMD_QIE: u32 = 0x4000000;
export const GCMD_IRE: u32 = 0x2000000;
export const GCMD_SIRTP: u32 = 0x1000000;
export const GCMD_CFI: u32 = 0x800000;

// GSTS: Global status (§11.4.4.2)
export const REG_GSTS: i32 = 0x1c;
export const GSTS_TES: u32 = 0x80000000;
export const GSTS_RTPS: u32 = 0x40000000;
export const GSTS_FLS: u32 = 0x20000000;
export const GSTS_AFLS: u32 = 0x10000000;
export const GSTS_WBFS: u32 = 0x8000000;
export const GSTS_QIES: u32 = 0x4000000;
export const GSTS_IRES: u32 = 0x2000000;
export const GSTS_IRTPS: u32 = 0x1000000;
export const GSTS_CFIS: u32 = 0x800000;

// RTADDR: Root table address (§11.4.5)
export const REG_RTADDR: i32 = 0x20;
export const RTADDR_RTA_SHIFT: u64 = 12;
export const RTADDR_RTA_MASK: u64 = 0xfffffffffffff;
export const RTADDR_RTA_FIELD: u64 = 0xfffffffffffff000;
export const RTADDR_TTM_SHIFT: u64 = 10;
export const RTADDR_TTM_MASK: u64 = 0x3;
export const RTADDR_TTM_FIELD: u64 = 0xc00;
export const RTADDR_TTM_LEGACY: u64 = 0x0;
export const RTADDR_TTM_SCALABLE: u64 = 0x1;
export const RTADDR_TTM_RESERVED: u64 = 0x2;
export const RTADDR_TTM_ABORT: u64 = 0x3;
export const RTADDR_SSIRWE: u64 = 0x80;

// CCMD: Context command (§11.4.6.1)
export const REG_CCMD: i32 = 0x28;
export const CCMD_ICC: u64 = 0x8000000000000000;
export const CCMD_CIRG_SHIFT: u64 = 61;
export const CCMD_CIRG_MASK: u64 = 0x3;
export const CCMD_CIRG_FIELD: u64 = 0x6000000000000000;
export const CCMD_CIRG_RESERVED: u64 = 0x0;
export const CCMD_CIRG_GLOBAL: u64 = 0x1;
export const CCMD_CIRG_DOMAIN: u64 = 0x2;
export const CCMD_CIRG_DEVICE: u64 = 0x3;
export const CCMD_CAIG_SHIFT: u64 = 59;
export const CCMD_CAIG_MASK: u64 = 0x3;
export const CCMD_CAIG_FIELD: u64 = 0x1800000000000000;
export const CCMD_CAIG_NONE: u64 = 0x0;
export const CCMD_CAIG_GLOBAL: u64 = 0x1;
export const CCMD_CAIG_DOMAIN: u64 = 0x2;
export const CCMD_CAIG_DEVICE: u64 = 0x3;
export const CCMD_FM_SHIFT: u64 = 32;
export const CCMD_FM_MASK: u64 = 0x3;
export const CCMD_FM_FIELD: u64 = 0x300000000;
export const CCMD_FM_NONE: u64 = 0x0;
export const CCMD_FM_BIT_2: u64 = 0x1;
export const CCMD_FM_BITS_2_1: u64 = 0x2;
export const CCMD_FM_BITS_2_0: u64 = 0x3;
export const CCMD_SID_SHIFT: u64 = 16;
export const CCMD_SID_MASK: u64 = 0xffff;
export const CCMD_SID_FIELD: u64 = 0xffff0000;
export const CCMD_DID_SHIFT: u64 = 0;
export const CCMD_DID_MASK: u64 = 0xffff;
export const CCMD_DID_FIELD: u64 = 0xffff;

// IVA: Invalidate address (§11.4.6.4)
export const IVA_OFFSET: i32 = 0x0;
export const IVA_ADDR_SHIFT: u64 = 12;
export const IVA_ADDR_MASK: u64 = 0xfffffffffffff;
export const IVA_ADDR_FIELD: u64 = 0xfffffffffffff000;
export const IVA_IH: u64 = 0x40;
export const IVA_AM_SHIFT: u64 = 0;
export const IVA_AM_MASK: u64 = 0x3f;
export const IVA_AM_FIELD: u64 = 0x3f;

// IOTLB: IOTLB invalidate (§11.4.6.3)
export const IOTLB_OFFSET: i32 = 0x8;
export const IOTLB_IVT: u64 = 0x8000000000000000;
export const IOTLB_IIRG_SHIFT: u64 = 60;
export const IOTLB_IIRG_MASK: u64 = 0x3;
export const IOTLB_IIRG_FIELD: u64 = 0x3000000000000000;
export const IOTLB_IIRG_RESERVED: u64 = 0x0;
export const IOTLB_IIRG_GLOBAL: u64 = 0x1;
export const IOTLB_IIRG_DOMAIN: u64 = 0x2;
export const IOTLB_IIRG_PAGE: u64 = 0x3;
export const IOTLB_IAIG_SHIFT: u64 = 57;
export const IOTLB_IAIG_MASK: u64 = 0x3;
export const IOTLB_IAIG_FIELD: u64 = 0x600000000000000;
export const IOTLB_IAIG_NONE: u64 = 0x0;
export const IOTLB_IAIG_GLOBAL: u64 = 0x1;
export const IOTLB_IAIG_DOMAIN: u64 = 0x2;
export const IOTLB_IAIG_PAGE: u64 = 0x3;
export const IOTLB_DR: u64 = 0x2000000000000;
export const IOTLB_DW: u64 = 0x1000000000000;
export const IOTLB_DID_SHIFT: u64 = 32;
export const IOTLB_DID_MASK: u64 = 0xffff;
export const IOTLB_DID_FIELD: u64 = 0xffff00000000;

// FSTS: Fault status (§11.4.7.1)
export const REG_FSTS: i32 = 0x34;
export const FSTS_FRI_SHIFT: u32 = 8;
export const FSTS_FRI_MASK: u32 = 0xff;
export const FSTS_FRI_FIELD: u32 = 0xff00;
export const FSTS_ITE: u32 = 0x40;
export const FSTS_ICE: u32 = 0x20;
export const FSTS_IQE: u32 = 0x10;
export const FSTS_APF: u32 = 0x8;
export const FSTS_AFO: u32 = 0x4;
export const FSTS_PPF: u32 = 0x2;
export const FSTS_PFO: u32 = 0x1;

// FECTL: Fault event control (§11.4.7.2)
export const REG_FECTL: i32 = 0x38;
export const FECTL_IM: u32 = 0x80000000;
export const FECTL_IP: u32 = 0x40000000;

// FEDATA: Fault event data (§11.4.7.3)
export const REG_FEDATA: i32 = 0x3c;
export const FEDATA_IMD_SHIFT: u32 = 0;
export const FEDATA_IMD_MASK: u32 = 0xffff;
export const FEDATA_IMD_FIELD: u32 = 0xffff;

// FEADDR: Fault event address (§11.4.7.4)
export const REG_FEADDR: i32 = 0x40;
export const FEADDR_MA_SHIFT: u32 = 2;
export const FEADDR_MA_MASK: u32 = 0x3fffffff;
export const FEADDR_MA_FIELD: u32 = 0xfffffffc;

// FEUADDR: Fault event upper address (§11.4.7.5)
export const REG_FEUADDR: i32 = 0x44;
export const FEUADDR_MUA_SHIFT: u32 = 0;
export const FEUADDR_MUA_MASK: u32 = 0xffffffff;
export const FEUADDR_MUA_FIELD: u32 = 0xffffffff;

// AFLOG: Advanced fault log (up to 4.x) (§4.x)
export const REG_AFLOG: i32 = 0x58;
export const AFLOG_FLA_SHIFT: u64 = 12;
export const AFLOG_FLA_MASK: u64 = 0xfffffffffffff;
export const AFLOG_FLA_FIELD: u64 = 0xfffffffffffff000;
export const AFLOG_FLS_SHIFT: u64 = 9;
export const AFLOG_FLS_MASK: u64 = 0x7;
export const AFLOG_FLS_FIELD: u64 = 0xe00;

// FRCD: Fault recording (§11.4.7.6)
export const FRCD_OFFSET: i32 = 0x0;
export const FRCD_F_BIT: i32 = 127;
export const FRCD_T1_BIT: i32 = 126;
export const FRCD_AT_BIT: i32 = 124;
export const FRCD_AT_MASK: u64 = 0x3;
export const FRCD_AT_UNTRANSLATED: u64 = 0x0;
export const FRCD_AT_TRANSLATION: u64 = 0x1;
export const FRCD_AT_TRANSLATED: u64 = 0x2;
export const FRCD_PV_BIT: i32 = 104;
export const FRCD_PV_MASK: u64 = 0xfffff;
export const FRCD_FR_BIT: i32 = 96;
export const FRCD_FR_MASK: u64 = 0xff;
export const FRCD_PP_BIT: i32 = 95;
export const FRCD_EXE_BIT: i32 = 94;
export const FRCD_PRIV_BIT: i32 = 93;
export const FRCD_T2_BIT: i32 = 92;
export const FRCD_SID_BIT: i32 = 64;
export const FRCD_SID_MASK: u64 = 0xffff;
export const FRCD_FI_BIT: i32 = 12;
export const FRCD_FI_MASK: u64 = 0xfffffffffffff;

// PMEN: Protected memory enable (§11.4.8.1)
export const REG_PMEN: i32 = 0x64;
export const PMEN_EPM: u32 = 0x80000000;
export const PMEN_PRS: u32 = 0x1;

// PLMBASE: Protected low memory base (§11.4.8.2)
export const REG_PLMBASE: i32 = 0x68;
export const PLMBASE_PLMB_SHIFT: u32 = 20;
export const PLMBASE_PLMB_MASK: u32 = 0xfff;
export const PLMBASE_PLMB_FIELD: u32 = 0xfff00000;

// PLMLIMIT: Protected low memory limit (§11.4.8.3)
export const REG_PLMLIMIT: i32 = 0x6c;
export const PLMLIMIT_PLML_SHIFT: u32 = 20;
export const PLMLIMIT_PLML_MASK: u32 = 0xfff;
export const PLMLIMIT_PLML_FIELD: u32 = 0xfff00000;

// PHMBASE: Protected high memory base (§11.4.8.4)
export const REG_PHMBASE: i32 = 0x70;
export const PHMBASE_PHMB_SHIFT: u64 = 20;
export const PHMBASE_PHMB_MASK: u64 = 0xfffffffffff;
export const PHMBASE_PHMB_FIELD: u64 = 0xfffffffffff00000;

// PHMLIMIT: Protected high memory limit (§11.4.8.5)
export const REG_PHMLIMIT: i32 = 0x78;
export const PHMLIMIT_PHML_SHIFT: u64 = 20;
export const PHMLIMIT_PHML_MASK: u64 = 0xfffffffffff;
export const PHMLIMIT_PHML_FIELD: u64 = 0xfffffffffff00000;

// IQH: Invalidation queue head (§11.4.9.1)
export const REG_IQH: i32 = 0x80;
export const IQH_QH_SHIFT: u64 = 4;
export const IQH_QH_MASK: u64 = 0x7fff;
export const IQH_QH_FIELD: u64 = 0x7fff0;

// IQT: Invalidation queue tail (§11.4.9.2)
export const REG_IQT: i32 = 0x88;
export const IQT_QT_SHIFT: u64 = 4;
export const IQT_QT_MASK: u64 = 0x7fff;
export const IQT_QT_FIELD: u64 = 0x7fff0;

// IQA: Invalidation queue address (§11.4.9.3)
export const REG_IQA: i32 = 0x90;
export const IQA_IQA_SHIFT: u64 = 12;
export const IQA_IQA_MASK: u64 = 0xfffffffffffff;
export const IQA_IQA_FIELD: u64 = 0xfffffffffffff000;
export const IQA_DW: u64 = 0x800;
export const IQA_QS_SHIFT: u64 = 0;
export const IQA_QS_MASK: u64 = 0x7;
export const IQA_QS_FIELD: u64 = 0x7;

// ICS: Invalidation completion status (§11.4.9.4)
export const REG_ICS: i32 = 0x9c;
export const ICS_IWC: u32 = 0x1;

// IECTL: Invalidation event control (§11.4.9.5)
export const REG_IECTL: i32 = 0xa0;
export const IECTL_IM: u32 = 0x80000000;
export const IECTL_IP: u32 = 0x40000000;

// IEDATA: Invalidation event data (§11.4.9.6)
export const REG_IEDATA: i32 = 0xa4;
export const IEDATA_IMD_SHIFT: u32 = 0;
export const IEDATA_IMD_MASK: u32 = 0xffff;
export const IEDATA_IMD_FIELD: u32 = 0xffff;

// IEADDR: Invalidation event address (§11.4.9.7)
export const REG_IEADDR: i32 = 0xa8;
export const IEADDR_MA_SHIFT: u32 = 2;
export const IEADDR_MA_MASK: u32 = 0x3fffffff;
export const IEADDR_MA_FIELD: u32 = 0xfffffffc;

// IEUADDR: Invalidation event upper address (§11.4.9.8)
export const REG_IEUADDR: i32 = 0xac;
export const IEUADDR_MUA_SHIFT: u32 = 0;
export const IEUADDR_MUA_MASK: u32 = 0xffffffff;
export const IEUADDR_MUA_FIELD: u32 = 0xffffffff;

// IQERCD: Invalidation queue error record (§11.4.9.9)
export const REG_IQERCD: i32 = 0xb0;
export const IQERCD_ICESID_SHIFT: u64 = 48;
export const IQERCD_ICESID_MASK: u64 = 0xffff;
export const IQERCD_ICESID_FIELD: u64 = 0xffff000000000000;
export const IQERCD_ITESID_SHIFT: u64 = 32;
export const IQERCD_ITESID_MASK: u64 = 0xffff;
export const IQERCD_ITESID_FIELD: u64 = 0xffff00000000;
export const IQERCD_IQEI_SHIFT: u64 = 0;
export const IQERCD_IQEI_MASK: u64 = 0xf;
export const IQERCD_IQEI_FIELD: u64 = 0xf;
export const IQERCD_IQEI_NONE: u64 = 0x0;
export const IQERCD_IQEI_TAIL: u64 = 0x1;
export const IQERCD_IQEI_FETCH: u64 = 0x2;
export const IQERCD_IQEI_TYPE: u64 = 0x3;
export const IQERCD_IQEI_RESERVED: u64 = 0x4;
export const IQERCD_IQEI_WIDTH: u64 = 0x5;
export const IQERCD_IQEI_ALIGNMENT: u64 = 0x6;
export const IQERCD_IQEI_TTM: u64 = 0x7;

// IRTA: Interrupt remapping table address (§11.4.10)
export const REG_IRTA: i32 = 0xb8;
export const IRTA_IRTA_SHIFT: u64 = 12;
export const IRTA_IRTA_MASK: u64 = 0xfffffffffffff;
export const IRTA_IRTA_FIELD: u64 = 0xfffffffffffff000;
export const IRTA_EIME: u64 = 0x800;
export const IRTA_S_SHIFT: u64 = 0;
export const IRTA_S_MASK: u64 = 0xf;
export const IRTA_S_FIELD: u64 = 0xf;

// PQH: Page request queue head (§11.4.11.1)
export const REG_PQH: i32 = 0xc0;
export const PQH_PQH_SHIFT: u64 = 5;
export const PQH_PQH_MASK: u64 = 0x3fff;
export const PQH_PQH_FIELD: u64 = 0x7ffe0;

// PQT: Page request queue tail (§11.4.11.2)
export const REG_PQT: i32 = 0xc8;
export const PQT_PQT_SHIFT: u64 = 5;
export const PQT_PQT_MASK: u64 = 0x3fff;
export const PQT_PQT_FIELD: u64 = 0x7ffe0;

// PQA: Page request queue address (§11.4.11.3)
export const REG_PQA: i32 = 0xd0;
export const PQA_PQA_SHIFT: u64 = 12;
export const PQA_PQA_MASK: u64 = 0xfffffffffffff;
export const PQA_PQA_FIELD: u64 = 0xfffffffffffff000;
export const PQA_PQS_SHIFT: u64 = 0;
export const PQA_PQS_MASK: u64 = 0x7;
export const PQA_PQS_FIELD: u64 = 0x7;

// PRS: Page request status (§11.4.11.4)
export const REG_PRS: i32 = 0xdc;
export const PRS_PRO: u32 = 0x2;
export const PRS_PPR: u32 = 0x1;

// PECTL: Page request event control (§11.4.11.5)
export const REG_PECTL: i32 = 0xe0;
export const PECTL_IM: u32 = 0x80000000;
export const PECTL_IP: u32 = 0x40000000;

// PEDATA: Page request event data (§11.4.11.6)
export const REG_PEDATA: i32 = 0xe4;
export const PEDATA_IMD_SHIFT: u32 = 0;
export const PEDATA_IMD_MASK: u32 = 0xffff;
export const PEDATA_IMD_FIELD: u32 = 0xffff;

// PEADDR: Page request event address (§11.4.11.7)
export const REG_PEADDR: i32 = 0xe8;
export const PEADDR_MA_SHIFT: u32 = 2;
export const PEADDR_MA_MASK: u32 = 0x3fffffff;
export const PEADDR_MA_FIELD: u32 = 0xfffffffc;

// PEUADDR: Page request event upper address (§11.4.11.8)
export const REG_PEUADDR: i32 = 0xec;
export const PEUADDR_MUA_SHIFT: u32 = 0;
export const PEUADDR_MUA_MASK: u32 = 0xffffffff;
export const PEUADDR_MUA_FIELD: u32 = 0xffffffff;

// MTRRCAP: MTRR capability (§11.4.12.1)
export const REG_MTRRCAP: i32 = 0x100;
export const MTRRCAP_WC: u64 = 0x400;
export const MTRRCAP_FIX: u64 = 0x100;
export const MTRRCAP_VCNT_SHIFT: u64 = 0;
export const MTRRCAP_VCNT_MASK: u64 = 0xff;
export const MTRRCAP_VCNT_FIELD: u64 = 0xff;

// MTRRDEF: MTRR default type (§11.4.12.2)
export const REG_MTRRDEF: i32 = 0x108;
export const MTRRDEF_E: u64 = 0x800;
export const MTRRDEF_FE: u64 = 0x400;
export const MTRRDEF_TYPE_SHIFT: u64 = 0;
export const MTRRDEF_TYPE_MASK: u64 = 0xff;
export const MTRRDEF_TYPE_FIELD: u64 = 0xff;
export const MTRRDEF_TYPE_UC: u64 = 0x0;
export const MTRRDEF_TYPE_WC: u64 = 0x1;
export const MTRRDEF_TYPE_WT: u64 = 0x4;
export const MTRRDEF_TYPE_WP: u64 = 0x5;
export const MTRRDEF_TYPE_WB: u64 = 0x6;

// MTRR_FIX64K_00000: Fixed-range MTRR 64K from 00000h (§11.4.12.3)
export const REG_MTRR_FIX64K_00000: i32 = 0x120;
export const MTRR_FIX64K_00000_R7_SHIFT: u64 = 56;
export const MTRR_FIX64K_00000_R7_MASK: u64 = 0xff;
export const MTRR_FIX64K_00000_R7_FIELD: u64 = 0xff00000000000000;
export const MTRR_FIX64K_00000_R6_SHIFT: u64 = 48;
export const MTRR_FIX64K_00000_R6_MASK: u64 = 0xff;
export const MTRR_FIX64K_00000_R6_FIELD: u64 = 0xff000000000000;
export const MTRR_FIX64K_00000_R5_SHIFT: u64 = 40;
export const MTRR_FIX64K_00000_R5_MASK: u64 = 0xff;
export const MTRR_FIX64K_00000_R5_FIELD: u64 = 0xff0000000000;
export const MTRR_FIX64K_00000_R4_SHIFT: u64 = 32;
export const MTRR_FIX64K_00000_R4_MASK: u64 = 0xff;
export const MTRR_FIX64K_00000_R4_FIELD: u64 = 0xff00000000;
export const MTRR_FIX64K_00000_R3_SHIFT: u64 = 24;
export const MTRR_FIX64K_00000_R3_MASK: u64 = 0xff;
export const MTRR_FIX64K_00000_R3_FIELD: u64 = 0xff000000;
export const MTRR_FIX64K_00000_R2_SHIFT: u64 = 16;
export const MTRR_FIX64K_00000_R2_MASK: u64 = 0xff;
export const MTRR_FIX64K_00000_R2_FIELD: u64 = 0xff0000;
export const MTRR_FIX64K_00000_R1_SHIFT: u64 = 8;
export const MTRR_FIX64K_00000_R1_MASK: u64 = 0xff;
export const MTRR_FIX64K_00000_R1_FIELD: u64 = 0xff00;
export const MTRR_FIX64K_00000_R0_SHIFT: u64 = 0;
export const MTRR_FIX64K_00000_R0_MASK: u64 = 0xff;
export const MTRR_FIX64K_00000_R0_FIELD: u64 = 0xff;

// MTRR_FIX16K_80000: Fixed-range MTRR 16K from 80000h (§11.4.12.3)
export const REG_MTRR_FIX16K_80000: i32 = 0x128;
export const MTRR_FIX16K_80000_R7_SHIFT: u64 = 56;
export const MTRR_FIX16K_80000_R7_MASK: u64 = 0xff;
export const MTRR_FIX16K_80000_R7_FIELD: u64 = 0xff00000000000000;
export const MTRR_FIX16K_80000_R6_SHIFT: u64 = 48;
export const MTRR_FIX16K_80000_R6_MASK: u64 = 0xff;
export const MTRR_FIX16K_80000_R6_FIELD: u64 = 0xff000000000000;
export const MTRR_FIX16K_80000_R5_SHIFT: u64 = 40;
export const MTRR_FIX16K_80000_R5_MASK: u64 = 0xff;
export const MTRR_FIX16K_80000_R5_FIELD: u64 = 0xff0000000000;
export const MTRR_FIX16K_80000_R4_SHIFT: u64 = 32;
export const MTRR_FIX16K_80000_R4_MASK: u64 = 0xff;
export const MTRR_FIX16K_80000_R4_FIELD: u64 = 0xff00000000;
export const MTRR_FIX16K_80000_R3_SHIFT: u64 = 24;
export const MTRR_FIX16K_80000_R3_MASK: u64 = 0xff;
export const MTRR_FIX16K_80000_R3_FIELD: u64 = 0xff000000;
export const MTRR_FIX16K_80000_R2_SHIFT: u64 = 16;
export const MTRR_FIX16K_80000_R2_MASK: u64 = 0xff;
export const MTRR_FIX16K_80000_R2_FIELD: u64 = 0xff0000;
export const MTRR_FIX16K_80000_R1_SHIFT: u64 = 8;
export const MTRR_FIX16K_80000_R1_MASK: u64 = 0xff;
export const MTRR_FIX16K_80000_R1_FIELD: u64 = 0xff00;
export const MTRR_FIX16K_80000_R0_SHIFT: u64 = 0;
export const MTRR_FIX16K_80000_R0_MASK: u64 = 0xff;
export const MTRR_FIX16K_80000_R0_FIELD: u64 = 0xff;

// MTRR_FIX16K_A0000: Fixed-range MTRR 16K from A0000h (§11.4.12.3)
export const REG_MTRR_FIX16K_A0000: i32 = 0x130;
export const MTRR_FIX16K_A0000_R7_SHIFT: u64 = 56;
export const MTRR_FIX16K_A0000_R7_MASK: u64 = 0xff;
export const MTRR_FIX16K_A0000_R7_FIELD: u64 = 0xff00000000000000;
export const MTRR_FIX16K_A0000_R6_SHIFT: u64 = 48;
export const MTRR_FIX16K_A0000_R6_MASK: u64 = 0xff;
export const MTRR_FIX16K_A0000_R6_FIELD: u64 = 0xff000000000000;
export const MTRR_FIX16K_A0000_R5_SHIFT: u64 = 40;
export const MTRR_FIX16K_A0000_R5_MASK: u64 = 0xff;
export const MTRR_FIX16K_A0000_R5_FIELD: u64 = 0xff0000000000;
export const MTRR_FIX16K_A0000_R4_SHIFT: u64 = 32;
export const MTRR_FIX16K_A0000_R4_MASK: u64 = 0xff;
export const MTRR_FIX16K_A0000_R4_FIELD: u64 = 0xff00000000;
export const MTRR_FIX16K_A0000_R3_SHIFT: u64 = 24;
export const MTRR_FIX16K_A0000_R3_MASK: u64 = 0xff;
export const MTRR_FIX16K_A0000_R3_FIELD: u64 = 0xff000000;
export const MTRR_FIX16K_A0000_R2_SHIFT: u64 = 16;
export const MTRR_FIX16K_A0000_R2_MASK: u64 = 0xff;
export const MTRR_FIX16K_A0000_R2_FIELD: u64 = 0xff0000;
export const MTRR_FIX16K_A0000_R1_SHIFT: u64 = 8;
export const MTRR_FIX16K_A0000_R1_MASK: u64 = 0xff;
export const MTRR_FIX16K_A0000_R1_FIELD: u64 = 0xff00;
export const MTRR_FIX16K_A0000_R0_SHIFT: u64 = 0;
export const MTRR_FIX16K_A0000_R0_MASK: u64 = 0xff;
export const MTRR_FIX16K_A0000_R0_FIELD: u64 = 0xff;

// MTRR_FIX4K_C0000: Fixed-range MTRR 4K from C0000h (§11.4.12.3)
export const REG_MTRR_FIX4K_C0000: i32 = 0x138;
export const MTRR_FIX4K_C0000_R7_SHIFT: u64 = 56;
export const MTRR_FIX4K_C0000_R7_MASK: u64 = 0xff;
export const MTRR_FIX4K_C0000_R7_FIELD: u64 = 0xff00000000000000;
export const MTRR_FIX4K_C0000_R6_SHIFT: u64 = 48;
export const MTRR_FIX4K_C0000_R6_MASK: u64 = 0xff;
export const MTRR_FIX4K_C0000_R6_FIELD: u64 = 0xff000000000000;
export const MTRR_FIX4K_C0000_R5_SHIFT: u64 = 40;
export const MTRR_FIX4K_C0000_R5_MASK: u64 = 0xff;
export const MTRR_FIX4K_C0000_R5_FIELD: u64 = 0xff0000000000;
export const MTRR_FIX4K_C0000_R4_SHIFT: u64 = 32;
export const MTRR_FIX4K_C0000_R4_MASK: u64 = 0xff;
export const MTRR_FIX4K_C0000_R4_FIELD: u64 = 0xff00000000;
export const MTRR_FIX4K_C0000_R3_SHIFT: u64 = 24;
export const MTRR_FIX4K_C0000_R3_MASK: u64 = 0xff;
export const MTRR_FIX4K_C0000_R3_FIELD: u64 = 0xff000000;
export const MTRR_FIX4K_C0000_R2_SHIFT: u64 = 16;
export const MTRR_FIX4K_C0000_R2_MASK: u64 = 0xff;
export const MTRR_FIX4K_C0000_R2_FIELD: u64 = 0xff0000;
export const MTRR_FIX4K_C0000_R1_SHIFT: u64 = 8;
export const MTRR_FIX4K_C0000_R1_MASK: u64 = 0xff;
export const MTRR_FIX4K_C0000_R1_FIELD: u64 = 0xff00;
export const MTRR_FIX4K_C0000_R0_SHIFT: u64 = 0;
export const MTRR_FIX4K_C0000_R0_MASK: u64 = 0xff;
export const MTRR_FIX4K_C0000_R0_FIELD: u64 = 0xff;

// MTRR_FIX4K_C8000: Fixed-range MTRR 4K from C8000h (§11.4.12.3)
export const REG_MTRR_FIX4K_C8000: i32 = 0x140;
export const MTRR_FIX4K_C8000_R7_SHIFT: u64 = 56;
export const MTRR_FIX4K_C8000_R7_MASK: u64 = 0xff;
export const MTRR_FIX4K_C8000_R7_FIELD: u64 = 0xff00000000000000;
export const MTRR_FIX4K_C8000_R6_SHIFT: u64 = 48;
export const MTRR_FIX4K_C8000_R6_MASK: u64 = 0xff;
export const MTRR_FIX4K_C8000_R6_FIELD: u64 = 0xff000000000000;
export const MTRR_FIX4K_C8000_R5_SHIFT: u64 = 40;
export const MTRR_FIX4K_C8000_R5_MASK: u64 = 0xff;
export const MTRR_FIX4K_C8000_R5_FIELD: u64 = 0xff0000000000;
export const MTRR_FIX4K_C8000_R4_SHIFT: u64 = 32;
export const MTRR_FIX4K_C8000_R4_MASK: u64 = 0xff;
export const MTRR_FIX4K_C8000_R4_FIELD: u64 = 0xff00000000;
export const MTRR_FIX4K_C8000_R3_SHIFT: u64 = 24;
export const MTRR_FIX4K_C8000_R3_MASK: u64 = 0xff;
export const MTRR_FIX4K_C8000_R3_FIELD: u64 = 0xff000000;
export const MTRR_FIX4K_C8000_R2_SHIFT: u64 = 16;
export const MTRR_FIX4K_C8000_R2_MASK: u64 = 0xff;
export const MTRR_FIX4K_C8000_R2_FIELD: u64 = 0xff0000;
export const MTRR_FIX4K_C8000_R1_SHIFT: u64 = 8;
export const MTRR_FIX4K_C8000_R1_MASK: u64 = 0xff;
export const MTRR_FIX4K_C8000_R1_FIELD: u64 = 0xff00;
export const MTRR_FIX4K_C8000_R0_SHIFT: u64 = 0;
export const MTRR_FIX4K_C8000_R0_MASK: u64 = 0xff;
export const MTRR_FIX4K_C8000_R0_FIELD: u64 = 0xff;

// MTRR_FIX4K_D0000: Fixed-range MTRR 4K from D0000h (§11.4.12.3)
export const REG_MTRR_FIX4K_D0000: i32 = 0x148;
export const MTRR_FIX4K_D0000_R7_SHIFT: u64 = 56;
export const MTRR_FIX4K_D0000_R7_MASK: u64 = 0xff;
export const MTRR_FIX4K_D0000_R7_FIELD: u64 = 0xff00000000000000;
export const MTRR_FIX4K_D0000_R6_SHIFT: u64 = 48;
export const MTRR_FIX4K_D0000_R6_MASK: u64 = 0xff;
export const MTRR_FIX4K_D0000_R6_FIELD: u64 = 0xff000000000000;
export const MTRR_FIX4K_D0000_R5_SHIFT: u64 = 40;
export const MTRR_FIX4K_D0000_R5_MASK: u64 = 0xff;
export const MTRR_FIX4K_D0000_R5_FIELD: u64 = 0xff0000000000;
export const MTRR_FIX4K_D0000_R4_SHIFT: u64 = 32;
export const MTRR_FIX4K_D0000_R4_MASK: u64 = 0xff;
export const MTRR_FIX4K_D0000_R4_FIELD: u64 = 0xff00000000;
export const MTRR_FIX4K_D0000_R3_SHIFT: u64 = 24;
export const MTRR_FIX4K_D0000_R3_MASK: u64 = 0xff;
export const MTRR_FIX4K_D0000_R3_FIELD: u64 = 0xff000000;
export const MTRR_FIX4K_D0000_R2_SHIFT: u64 = 16;
export const MTRR_FIX4K_D0000_R2_MASK: u64 = 0xff;
export const MTRR_FIX4K_D0000_R2_FIELD: u64 = 0xff0000;
export const MTRR_FIX4K_D0000_R1_SHIFT: u64 = 8;
export const MTRR_FIX4K_D0000_R1_MASK: u64 = 0xff;
export const MTRR_FIX4K_D0000_R1_FIELD: u64 = 0xff00;
export const MTRR_FIX4K_D0000_R0_SHIFT: u64 = 0;
export const MTRR_FIX4K_D0000_R0_MASK: u64 = 0xff;
export const MTRR_FIX4K_D0000_R0_FIELD: u64 = 0xff;

// MTRR_FIX4K_D8000: Fixed-range MTRR 4K from D8000h (§11.4.12.3)
export const REG_MTRR_FIX4K_D8000: i32 = 0x150;
export const MTRR_FIX4K_D8000_R7_SHIFT: u64 = 56;
export const MTRR_FIX4K_D8000_R7_MASK: u64 = 0xff;
export const MTRR_FIX4K_D8000_R7_FIELD: u64 = 0xff00000000000000;
export const MTRR_FIX4K_D8000_R6_SHIFT: u64 = 48;
export const MTRR_FIX4K_D8000_R6_MASK: u64 = 0xff;
export const MTRR_FIX4K_D8000_R6_FIELD: u64 = 0xff000000000000;
export const MTRR_FIX4K_D8000_R5_SHIFT: u64 = 40;
export const MTRR_FIX4K_D8000_R5_MASK: u64 = 0xff;
export const MTRR_FIX4K_D8000_R5_FIELD: u64 = 0xff0000000000;
export const MTRR_FIX4K_D8000_R4_SHIFT: u64 = 32;
export const MTRR_FIX4K_D8000_R4_MASK: u64 = 0xff;
export const MTRR_FIX4K_D8000_R4_FIELD: u64 = 0xff00000000;
export const MTRR_FIX4K_D8000_R3_SHIFT: u64 = 24;
export const MTRR_FIX4K_D8000_R3_MASK: u64 = 0xff;
export const MTRR_FIX4K_D8000_R3_FIELD: u64 = 0xff000000;
export const MTRR_FIX4K_D8000_R2_SHIFT: u64 = 16;
export const MTRR_FIX4K_D8000_R2_MASK: u64 = 0xff;
export const MTRR_FIX4K_D8000_R2_FIELD: u64 = 0xff0000;
export const MTRR_FIX4K_D8000_R1_SHIFT: u64 = 8;
export const MTRR_FIX4K_D8000_R1_MASK: u64 = 0xff;
export const MTRR_FIX4K_D8000_R1_FIELD: u64 = 0xff00;
export const MTRR_FIX4K_D8000_R0_SHIFT: u64 = 0;
export const MTRR_FIX4K_D8000_R0_MASK: u64 = 0xff;
export const MTRR_FIX4K_D8000_R0_FIELD: u64 = 0xff;

// MTRR_FIX4K_E0000: Fixed-range MTRR 4K from E0000h (§11.4.12.3)
export const REG_MTRR_FIX4K_E0000: i32 = 0x158;
export const MTRR_FIX4K_E0000_R7_SHIFT: u64 = 56;
export const MTRR_FIX4K_E0000_R7_MASK: u64 = 0xff;
export const MTRR_FIX4K_E0000_R7_FIELD: u64 = 0xff00000000000000;
export const MTRR_FIX4K_E0000_R6_SHIFT: u64 = 48;
export const MTRR_FIX4K_E0000_R6_MASK: u64 = 0xff;
export const MTRR_FIX4K_E0000_R6_FIELD: u64 = 0xff000000000000;
export const MTRR_FIX4K_E0000_R5_SHIFT: u64 = 40;
export const MTRR_FIX4K_E0000_R5_MASK: u64 = 0xff;
export const MTRR_FIX4K_E0000_R5_FIELD: u64 = 0xff0000000000;
export const MTRR_FIX4K_E0000_R4_SHIFT: u64 = 32;
export const MTRR_FIX4K_E0000_R4_MASK: u64 = 0xff;
export const MTRR_FIX4K_E0000_R4_FIELD: u64 = 0xff00000000;
export const MTRR_FIX4K_E0000_R3_SHIFT: u64 = 24;
export const MTRR_FIX4K_E0000_R3_MASK: u64 = 0xff;
export const MTRR_FIX4K_E0000_R3_FIELD: u64 = 0xff000000;
export const MTRR_FIX4K_E0000_R2_SHIFT: u64 = 16;
export const MTRR_FIX4K_E0000_R2_MASK: u64 = 0xff;
export const MTRR_FIX4K_E0000_R2_FIELD: u64 = 0xff0000;
export const MTRR_FIX4K_E0000_R1_SHIFT: u64 = 8;
export const MTRR_FIX4K_E0000_R1_MASK: u64 = 0xff;
export const MTRR_FIX4K_E0000_R1_FIELD: u64 = 0xff00;
export const MTRR_FIX4K_E0000_R0_SHIFT: u64 = 0;
export const MTRR_FIX4K_E0000_R0_MASK: u64 = 0xff;
export const MTRR_FIX4K_E0000_R0_FIELD: u64 = 0xff;

// MTRR_FIX4K_E8000: Fixed-range MTRR 4K from E8000h (§11.4.12.3)
export const REG_MTRR_FIX4K_E8000: i32 = 0x160;
export const MTRR_FIX4K_E8000_R7_SHIFT: u64 = 56;
export const MTRR_FIX4K_E8000_R7_MASK: u64 = 0xff;
export const MTRR_FIX4K_E8000_R7_FIELD: u64 = 0xff00000000000000;
export const MTRR_FIX4K_E8000_R6_SHIFT: u64 = 48;
export const MTRR_FIX4K_E8000_R6_MASK: u64 = 0xff;
export const MTRR_FIX4K_E8000_R6_FIELD: u64 = 0xff000000000000;
export const MTRR_FIX4K_E8000_R5_SHIFT: u64 = 40;
export const MTRR_FIX4K_E8000_R5_MASK: u64 = 0xff;
export const MTRR_FIX4K_E8000_R5_FIELD: u64 = 0xff0000000000;
export const MTRR_FIX4K_E8000_R4_SHIFT: u64 = 32;
export const MTRR_FIX4K_E8000_R4_MASK: u64 = 0xff;
export const MTRR_FIX4K_E8000_R4_FIELD: u64 = 0xff00000000;
export const MTRR_FIX4K_E8000_R3_SHIFT: u64 = 24;
export const MTRR_FIX4K_E8000_R3_MASK: u64 = 0xff;
export const MTRR_FIX4K_E8000_R3_FIELD: u64 = 0xff000000;
export const MTRR_FIX4K_E8000_R2_SHIFT: u64 = 16;
export const MTRR_FIX4K_E8000_R2_MASK: u64 = 0xff;
export const MTRR_FIX4K_E8000_R2_FIELD: u64 = 0xff0000;
export const MTRR_FIX4K_E8000_R1_SHIFT: u64 = 8;
export const MTRR_FIX4K_E8000_R1_MASK: u64 = 0xff;
export const MTRR_FIX4K_E8000_R1_FIELD: u64 = 0xff00;
export const MTRR_FIX4K_E8000_R0_SHIFT: u64 = 0;
export const MTRR_FIX4K_E8000_R0_MASK: u64 = 0xff;
export const MTRR_FIX4K_E8000_R0_FIELD: u64 = 0xff;

// MTRR_FIX4K_F0000: Fixed-range MTRR 4K from F0000h (§11.4.12.3)
export const REG_MTRR_FIX4K_F0000: i32 = 0x168;
export const MTRR_FIX4K_F0000_R7_SHIFT: u64 = 56;
export const MTRR_FIX4K_F0000_R7_MASK: u64 = 0xff;
export const MTRR_FIX4K_F0000_R7_FIELD: u64 = 0xff00000000000000;
export const MTRR_FIX4K_F0000_R6_SHIFT: u64 = 48;
export const MTRR_FIX4K_F0000_R6_MASK: u64 = 0xff;
export const MTRR_FIX4K_F0000_R6_FIELD: u64 = 0xff000000000000;
export const MTRR_FIX4K_F0000_R5_SHIFT: u64 = 40;
export const MTRR_FIX4K_F0000_R5_MASK: u64 = 0xff;
export const MTRR_FIX4K_F0000_R5_FIELD: u64 = 0xff0000000000;
export const MTRR_FIX4K_F0000_R4_SHIFT: u64 = 32;
export const MTRR_FIX4K_F0000_R4_MASK: u64 = 0xff;
export const MTRR_FIX4K_F0000_R4_FIELD: u64 = 0xff00000000;
export const MTRR_FIX4K_F0000_R3_SHIFT: u64 = 24;
export const MTRR_FIX4K_F0000_R3_MASK: u64 = 0xff;
export const MTRR_FIX4K_F0000_R3_FIELD: u64 = 0xff000000;
export const MTRR_FIX4K_F0000_R2_SHIFT: u64 = 16;
export const MTRR_FIX4K_F0000_R2_MASK: u64 = 0xff;
export const MTRR_FIX4K_F0000_R2_FIELD: u64 = 0xff0000;
export const MTRR_FIX4K_F0000_R1_SHIFT: u64 = 8;
export const MTRR_FIX4K_F0000_R1_MASK: u64 = 0xff;
export const MTRR_FIX4K_F0000_R1_FIELD: u64 = 0xff00;
export const MTRR_FIX4K_F0000_R0_SHIFT: u64 = 0;
export const MTRR_FIX4K_F0000_R0_MASK: u64 = 0xff;
export const MTRR_FIX4K_F0000_R0_FIELD: u64 = 0xff;

// MTRR_FIX4K_F8000: Fixed-range MTRR 4K from F8000h (§11.4.12.3)
export const REG_MTRR_FIX4K_F8000: i32 = 0x170;
export const MTRR_FIX4K_F8000_R7_SHIFT: u64 = 56;
export const MTRR_FIX4K_F8000_R7_MASK: u64 = 0xff;
export const MTRR_FIX4K_F8000_R7_FIELD: u64 = 0xff00000000000000;
export const MTRR_FIX4K_F8000_R6_SHIFT: u64 = 48;
export const MTRR_FIX4K_F8000_R6_MASK: u64 = 0xff;
export const MTRR_FIX4K_F8000_R6_FIELD: u64 = 0xff000000000000;
export const MTRR_FIX4K_F8000_R5_SHIFT: u64 = 40;
export const MTRR_FIX4K_F8000_R5_MASK: u64 = 0xff;
export const MTRR_FIX4K_F8000_R5_FIELD: u64 = 0xff0000000000;
export const MTRR_FIX4K_F8000_R4_SHIFT: u64 = 32;
export const MTRR_FIX4K_F8000_R4_MASK: u64 = 0xff;
export const MTRR_FIX4K_F8000_R4_FIELD: u64 = 0xff00000000;
export const MTRR_FIX4K_F8000_R3_SHIFT: u64 = 24;
export const MTRR_FIX4K_F8000_R3_MASK: u64 = 0xff;
export const MTRR_FIX4K_F8000_R3_FIELD: u64 = 0xff000000;
export const MTRR_FIX4K_F8000_R2_SHIFT: u64 = 16;
export const MTRR_FIX4K_F8000_R2_MASK: u64 = 0xff;
export const MTRR_FIX4K_F8000_R2_FIELD: u64 = 0xff0000;
export const MTRR_FIX4K_F8000_R1_SHIFT: u64 = 8;
export const MTRR_FIX4K_F8000_R1_MASK: u64 = 0xff;
export const MTRR_FIX4K_F8000_R1_FIELD: u64 = 0xff00;
export const MTRR_FIX4K_F8000_R0_SHIFT: u64 = 0;
export const MTRR_FIX4K_F8000_R0_MASK: u64 = 0xff;
export const MTRR_FIX4K_F8000_R0_FIELD: u64 = 0xff;

// MTRR_PHYSBASE: Variable-range MTRR base (§11.4.12.4)
export const REG_MTRR_PHYSBASE: i32 = 0x180;
export const MTRR_PHYSBASE_PHYSBASE_SHIFT: u64 = 12;
export const MTRR_PHYSBASE_PHYSBASE_MASK: u64 = 0xfffffffffffff;
export const MTRR_PHYSBASE_PHYSBASE_FIELD: u64 = 0xfffffffffffff000;
export const MTRR_PHYSBASE_TYPE_SHIFT: u64 = 0;
export const MTRR_PHYSBASE_TYPE_MASK: u64 = 0xff;
export const MTRR_PHYSBASE_TYPE_FIELD: u64 = 0xff;
export const MTRR_PHYSBASE_TYPE_UC: u64 = 0x0;
export const MTRR_PHYSBASE_TYPE_WC: u64 = 0x1;
export const MTRR_PHYSBASE_TYPE_WT: u64 = 0x4;
export const MTRR_PHYSBASE_TYPE_WP: u64 = 0x5;
export const MTRR_PHYSBASE_TYPE_WB: u64 = 0x6;

// MTRR_PHYSMASK: Variable-range MTRR mask (§11.4.12.4)
export const REG_MTRR_PHYSMASK: i32 = 0x188;
export const MTRR_PHYSMASK_PHYSMASK_SHIFT: u64 = 12;
export const MTRR_PHYSMASK_PHYSMASK_MASK: u64 = 0xfffffffffffff;
export const MTRR_PHYSMASK_PHYSMASK_FIELD: u64 = 0xfffffffffffff000;
export const MTRR_PHYSMASK_V: u64 = 0x800;

// PERFCAP: Performance monitoring capability (§11.4.13.2)
export const REG_PERFCAP: i32 = 0x300;
export const PERFCAP_RSVD_SHIFT: u64 = 60;
export const PERFCAP_RSVD_MASK: u64 = 0xf;
export const PERFCAP_RSVD_FIELD: u64 = 0xf000000000000000;
export const PERFCAP_CS_SHIFT: u64 = 52;
export const PERFCAP_CS_MASK: u64 = 0x7;
export const PERFCAP_CS_FIELD: u64 = 0x70000000000000;
export const PERFCAP_PCCS: u64 = 0x8000000000000;
export const PERFCAP_IOS: u64 = 0x4000000000000;
export const PERFCAP_GFS: u64 = 0x2000000000000;
export const PERFCAP_CWE: u64 = 0x1000000000000;
export const PERFCAP_PTLFS: u64 = 0x1000000000;
export const PERFCAP_ATFS: u64 = 0x800000000;
export const PERFCAP_PASIDFS: u64 = 0x400000000;
export const PERFCAP_DIDFS: u64 = 0x200000000;
export const PERFCAP_RIDFS: u64 = 0x100000000;
export const PERFCAP_EGCNT_SHIFT: u64 = 24;
export const PERFCAP_EGCNT_MASK: u64 = 0x1f;
export const PERFCAP_EGCNT_FIELD: u64 = 0x1f000000;
export const PERFCAP_CW_SHIFT: u64 = 16;
export const PERFCAP_CW_MASK: u64 = 0x7f;
export const PERFCAP_CW_FIELD: u64 = 0x7f0000;
export const PERFCAP_NCNTR_SHIFT: u64 = 0;
export const PERFCAP_NCNTR_MASK: u64 = 0xffff;
export const PERFCAP_NCNTR_FIELD: u64 = 0xffff;

// PERFCFGOFF: Performance monitoring configuration offset (§11.4.13.3)
export const REG_PERFCFGOFF: i32 = 0x310;
export const PERFCFGOFF_CFGO_SHIFT: u32 = 0;
export const PERFCFGOFF_CFGO_MASK: u32 = 0xffffffff;
export const PERFCFGOFF_CFGO_FIELD: u32 = 0xffffffff;

// PERFFRZOFF: Performance monitoring freeze offset (§11.4.13.4)
export const REG_PERFFRZOFF: i32 = 0x314;
export const PERFFRZOFF_FZO_SHIFT: u32 = 0;
export const PERFFRZOFF_FZO_MASK: u32 = 0xffffffff;
export const PERFFRZOFF_FZO_FIELD: u32 = 0xffffffff;

// PERFOVFOFF: Performance monitoring overflow offset (§11.4.13.5)
export const REG_PERFOVFOFF: i32 = 0x318;
export const PERFOVFOFF_OFO_SHIFT: u32 = 0;
export const PERFOVFOFF_OFO_MASK: u32 = 0xffffffff;
export const PERFOVFOFF_OFO_FIELD: u32 = 0xffffffff;

// PERFCNTROFF: Performance monitoring counter offset (§11.4.13.6)
export const REG_PERFCNTROFF: i32 = 0x31c;
export const PERFCNTROFF_CNTO_SHIFT: u32 = 0;
export const PERFCNTROFF_CNTO_MASK: u32 = 0xffffffff;
export const PERFCNTROFF_CNTO_FIELD: u32 = 0xffffffff;

// PERFINTRSTS: Performance monitoring interrupt status (§11.4.13.7)
export const REG_PERFINTRSTS: i32 = 0x324;
export const PERFINTRSTS_PIS: u32 = 0x1;

// PERFINTRCTL: Performance monitoring interrupt control (§11.4.13.8)
export const REG_PERFINTRCTL: i32 = 0x328;
export const PERFINTRCTL_IM: u32 = 0x80000000;
export const PERFINTRCTL_IP: u32 = 0x40000000;

// PERFINTRDATA: Performance monitoring interrupt data (§11.4.13.9)
export const REG_PERFINTRDATA: i32 = 0x32c;
export const PERFINTRDATA_IMD_SHIFT: u32 = 0;
export const PERFINTRDATA_IMD_MASK: u32 = 0xffff;
export const PERFINTRDATA_IMD_FIELD: u32 = 0xffff;

// PERFINTRADDR: Performance monitoring interrupt address (§11.4.13.10)
export const REG_PERFINTRADDR: i32 = 0x330;
export const PERFINTRADDR_MA_SHIFT: u32 = 2;
export const PERFINTRADDR_MA_MASK: u32 = 0x3fffffff;
export const PERFINTRADDR_MA_FIELD: u32 = 0xfffffffc;

// PERFINTRUADDR: Performance monitoring interrupt upper address (§11.4.13.11)
export const REG_PERFINTRUADDR: i32 = 0x334;
export const PERFINTRUADDR_MUA_SHIFT: u32 = 0;
export const PERFINTRUADDR_MUA_MASK: u32 = 0xffffffff;
export const PERFINTRUADDR_MUA_FIELD: u32 = 0xffffffff;

// PERFEVNTCAP: Performance monitoring event capability (§11.4.13.14)
export const REG_PERFEVNTCAP: i32 = 0x380;
export const PERFEVNTCAP_ES_SHIFT: u64 = 0;
export const PERFEVNTCAP_ES_MASK: u64 = 0xfffffff;
export const PERFEVNTCAP_ES_FIELD: u64 = 0xfffffff;

// PERFFRZSTS: Performance monitoring freeze status (§11.4.13.12)
export const PERFFRZSTS_OFFSET: i32 = 0x0;
export const PERFFRZSTS_FS_SHIFT: u64 = 0;
export const PERFFRZSTS_FS_MASK: u64 = 0xffffffffffffffff;
export const PERFFRZSTS_FS_FIELD: u64 = 0xffffffffffffffff;

// PERFOVFSTS: Performance monitoring overflow status (§11.4.13.13)
export const PERFOVFSTS_OFFSET: i32 = 0x0;
export const PERFOVFSTS_OS_SHIFT: u64 = 0;
export const PERFOVFSTS_OS_MASK: u64 = 0xffffffffffffffff;
export const PERFOVFSTS_OS_FIELD: u64 = 0xffffffffffffffff;

// PERFCNTRCFG: Performance monitoring counter configuration (§11.4.13.15)
export const PERFCNTRCFG_OFFSET: i32 = 0x0;
export const PERFCNTRCFG_ES_SHIFT: u64 = 32;
export const PERFCNTRCFG_ES_MASK: u64 = 0xfffffff;
export const PERFCNTRCFG_ES_FIELD: u64 = 0xfffffff00000000;
export const PERFCNTRCFG_EGI_SHIFT: u64 = 8;
export const PERFCNTRCFG_EGI_MASK: u64 = 0xf;
export const PERFCNTRCFG_EGI_FIELD: u64 = 0xf00;
export const PERFCNTRCFG_GFO: u64 = 0x4;
export const PERFCNTRCFG_IO: u64 = 0x2;
export const PERFCNTRCFG_EN: u64 = 0x1;

// PERFRIDFLT: Performance monitoring requester-id filter (§11.4.13.16)
export const PERFRIDFLT_OFFSET: i32 = 0x8;
export const PERFRIDFLT_EN: u32 = 0x80000000;
export const PERFRIDFLT_RID_SHIFT: u32 = 0;
export const PERFRIDFLT_RID_MASK: u32 = 0xffff;
export const PERFRIDFLT_RID_FIELD: u32 = 0xffff;

// PERFDIDFLT: Performance monitoring domain-id filter (§11.4.13.17)
export const PERFDIDFLT_OFFSET: i32 = 0xc;
export const PERFDIDFLT_EN: u32 = 0x80000000;
export const PERFDIDFLT_DID_SHIFT: u32 = 0;
export const PERFDIDFLT_DID_MASK: u32 = 0xffff;
export const PERFDIDFLT_DID_FIELD: u32 = 0xffff;

// PERFPASIDFLT: Performance monitoring PASID filter (§11.4.13.18)
export const PERFPASIDFLT_OFFSET: i32 = 0x10;
export const PERFPASIDFLT_EN: u32 = 0x80000000;
export const PERFPASIDFLT_PFM_SHIFT: u32 = 20;
export const PERFPASIDFLT_PFM_MASK: u32 = 0x3;
export const PERFPASIDFLT_PFM_FIELD: u32 = 0x300000;
export const PERFPASIDFLT_PFM_MATCH: u32 = 0x0;
export const PERFPASIDFLT_PFM_ANY: u32 = 0x1;
export const PERFPASIDFLT_PFM_NONE: u32 = 0x2;
export const PERFPASIDFLT_PASID_SHIFT: u32 = 0;
export const PERFPASIDFLT_PASID_MASK: u32 = 0xfffff;
export const PERFPASIDFLT_PASID_FIELD: u32 = 0xfffff;

// PERFATFLT: Performance monitoring address type filter (§11.4.13.19)
export const PERFATFLT_OFFSET: i32 = 0x14;
export const PERFATFLT_EN: u32 = 0x80000000;
export const PERFATFLT_HPT: u32 = 0x10;
export const PERFATFLT_TD: u32 = 0x4;
export const PERFATFLT_TR: u32 = 0x2;
export const PERFATFLT_UR: u32 = 0x1;

// PERFPTLFLT: Performance monitoring page table level filter (§11.4.13.20)
export const PERFPTLFLT_OFFSET: i32 = 0x18;
export const PERFPTLFLT_EN: u32 = 0x80000000;
export const PERFPTLFLT_PTL_SHIFT: u32 = 0;
export const PERFPTLFLT_PTL_MASK: u32 = 0x1f;
export const PERFPTLFLT_PTL_FIELD: u32 = 0x1f;

// PERFCNTRCAP: Performance monitoring counter capability (§11.4.13.21)
export const PERFCNTRCAP_OFFSET: i32 = 0x80;
export const PERFCNTRCAP_EGCNT_SHIFT: u32 = 28;
export const PERFCNTRCAP_EGCNT_MASK: u32 = 0xf;
export const PERFCNTRCAP_EGCNT_FIELD: u32 = 0xf0000000;
export const PERFCNTRCAP_GFS: u32 = 0x20000;
export const PERFCNTRCAP_IOS: u32 = 0x10000;
export const PERFCNTRCAP_CW_SHIFT: u32 = 8;
export const PERFCNTRCAP_CW_MASK: u32 = 0xff;
export const PERFCNTRCAP_CW_FIELD: u32 = 0xff00;
export const PERFCNTRCAP_PCC: u32 = 0x1;

// PERFCNTREVCAP: Performance monitoring counter event capability (§11.4.13.22)
export const PERFCNTREVCAP_OFFSET: i32 = 0x84;
export const PERFCNTREVCAP_EGI_SHIFT: u32 = 28;
export const PERFCNTREVCAP_EGI_MASK: u32 = 0xf;
export const PERFCNTREVCAP_EGI_FIELD: u32 = 0xf0000000;
export const PERFCNTREVCAP_ES_SHIFT: u32 = 0;
export const PERFCNTREVCAP_ES_MASK: u32 = 0xfffffff;
export const PERFCNTREVCAP_ES_FIELD: u32 = 0xfffffff;

// PERFCNTR: Performance monitoring counter (§11.4.13.23)
export const PERFCNTR_OFFSET: i32 = 0x0;
export const PERFCNTR_CNTR_SHIFT: u64 = 0;
export const PERFCNTR_CNTR_MASK: u64 = 0xffffffffffff;
export const PERFCNTR_CNTR_FIELD: u64 = 0xffffffffffff;

// ECMD: Enhanced command (§11.4.14.1)
export const REG_ECMD: i32 = 0x400;
export const ECMD_OA_SHIFT: u64 = 16;
export const ECMD_OA_MASK: u64 = 0xffffffffffff;
export const ECMD_OA_FIELD: u64 = 0xffffffffffff0000;
export const ECMD_CMD_SHIFT: u64 = 0;
export const ECMD_CMD_MASK: u64 = 0xff;
export const ECMD_CMD_FIELD: u64 = 0xff;
export const ECMD_CMD_ENABLE_COUNTER: u64 = 0xf0;
export const ECMD_CMD_DISABLE_COUNTER: u64 = 0xf1;
export const ECMD_CMD_RESET_CONFIGURATION: u64 = 0xf2;
export const ECMD_CMD_RESET_VALUES: u64 = 0xf3;
export const ECMD_CMD_FREEZE: u64 = 0xf4;
export const ECMD_CMD_UNFREEZE: u64 = 0xf5;

// ECEO: Enhanced command extended operand (§11.4.14.2)
export const REG_ECEO: i32 = 0x408;
export const ECEO_OB_SHIFT: u64 = 0;
export const ECEO_OB_MASK: u64 = 0xffffffffffffffff;
export const ECEO_OB_FIELD: u64 = 0xffffffffffffffff;

// ECRSP: Enhanced command response (§11.4.14.3)
export const REG_ECRSP: i32 = 0x410;
export const ECRSP_RSLT_SHIFT: u64 = 16;
export const ECRSP_RSLT_MASK: u64 = 0xffffffffffff;
export const ECRSP_RSLT_FIELD: u64 = 0xffffffffffff0000;
export const ECRSP_SC_SHIFT: u64 = 1;
export const ECRSP_SC_MASK: u64 = 0x7f;
export const ECRSP_SC_FIELD: u64 = 0xfe;
export const ECRSP_IP: u64 = 0x1;

// ECSTS0: Enhanced command status 0 (§11.4.14.4.1)
export const REG_ECSTS0: i32 = 0x420;

// ECSTS1: Enhanced command status 1 (§11.4.14.4.2)
export const REG_ECSTS1: i32 = 0x428;

// ECCAP0: Enhanced command capability 0 (§11.4.14.5.1)
export const REG_ECCAP0: i32 = 0x430;

// ECCAP1: Enhanced command capability 1 (§11.4.14.5.2)
export const REG_ECCAP1: i32 = 0x438;

// ECCAP2: Enhanced command capability 2 (§11.4.14.5.3)
export const REG_ECCAP2: i32 = 0x440;

// ECCAP3: Enhanced command capability 3 (§11.4.14.5.4)
export const REG_ECCAP3: i32 = 0x448;
export const ECCAP3_UFCNTS: u64 = 0x20000000000000;
export const ECCAP3_FCNTS: u64 = 0x10000000000000;
export const ECCAP3_RCNTS: u64 = 0x8000000000000;
export const ECCAP3_RCFGS: u64 = 0x4000000000000;
export const ECCAP3_DCNTS: u64 = 0x2000000000000;
export const ECCAP3_ECNTS: u64 = 0x1000000000000;

// RDTC: RDT configuration (§11.4.15)
export const REG_RDTC: i32 = 0xdc0;
export const RDTC_CLOS_SHIFT: u64 = 32;
export const RDTC_CLOS_MASK: u64 = 0x1f;
export const RDTC_CLOS_FIELD: u64 = 0x1f00000000;
export const RDTC_RMID_SHIFT: u64 = 0;
export const RDTC_RMID_MASK: u64 = 0xfff;
export const RDTC_RMID_FIELD: u64 = 0xfff;

// VCMD: Virtual command (§11.4.16.1)
export const REG_VCMD: i32 = 0xe00;
export const VCMD_OA_SHIFT: u64 = 16;
export const VCMD_OA_MASK: u64 = 0xffffffffffff;
export const VCMD_OA_FIELD: u64 = 0xffffffffffff0000;
export const VCMD_CMD_SHIFT: u64 = 0;
export const VCMD_CMD_MASK: u64 = 0xff;
export const VCMD_CMD_FIELD: u64 = 0xff;
export const VCMD_CMD_NULL: u64 = 0x0;
export const VCMD_CMD_ALLOCATE_PASID: u64 = 0x1;
export const VCMD_CMD_FREE_PASID: u64 = 0x2;

// VCMD_EO: Virtual command extended operand (§11.4.16.2)
export const REG_VCMD_EO: i32 = 0xe08;
export const VCMD_EO_OB_SHIFT: u64 = 0;
export const VCMD_EO_OB_MASK: u64 = 0xffffffffffffffff;
export const VCMD_EO_OB_FIELD: u64 = 0xffffffffffffffff;

// VCRSP: Virtual command response (§11.4.16.3)
export const REG_VCRSP: i32 = 0xe10;
export const VCRSP_RSLT_SHIFT: u64 = 16;
export const VCRSP_RSLT_MASK: u64 = 0xffffffffffff;
export const VCRSP_RSLT_FIELD: u64 = 0xffffffffffff0000;
export const VCRSP_SC_SHIFT: u64 = 1;
export const VCRSP_SC_MASK: u64 = 0x7f;
export const VCRSP_SC_FIELD: u64 = 0xfe;
export const VCRSP_IP: u64 = 0x1;

// VCCAP: Virtual command capability (§11.4.16.4)
export const REG_VCCAP: i32 = 0xe30;
export const VCCAP_FPS: u64 = 0x4;
export const VCCAP_PAS: u64 = 0x2;
export const VCCAP_NS: u64 = 0x1;
