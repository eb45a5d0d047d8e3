/** What the manual says about which capabilities go together (VT-d 5.10 §11.4.2, §11.4.3). Data only. */
export interface CapabilityRule {
    /** The field that breaks the rule. */
    readonly capability: string;
    readonly section: string;
    readonly sentence: string;
    /** The rule holds from this major version of VER_REG on. */
    readonly fromMajor?: number;
}
/** While `capability` is not zero, all of `needs` must not be zero either. */
export interface PrerequisiteRule extends CapabilityRule {
    readonly needs: readonly string[];
}
/** `capability` must have one of `values`. */
export interface ValueRule extends CapabilityRule {
    readonly values: readonly number[];
}
/** While `capability` is not zero, `excludes` must be zero. */
export interface ExclusionRule extends CapabilityRule {
    readonly excludes: string;
}
export declare const prerequisiteRules: readonly PrerequisiteRule[];
export declare const exclusionRules: readonly ExclusionRule[];
export declare const valueRules: readonly ValueRule[];
/** Rules that compare numbers; host/core/capabilities.ts computes them, by these keys. */
export declare const numericRules: {
    readonly guestWidthIsNotZero: {
        readonly capability: "MGAW";
        readonly section: "11.4.2";
        readonly sentence: "MGAW is not 0, even without a second stage";
    };
    readonly hostWidthFits: {
        readonly capability: "MGAW";
        readonly section: "11.4.2";
        readonly sentence: "the guest address width (MGAW + 1) is at least the host address width";
    };
    readonly guestWidthFits: {
        readonly capability: "MGAW";
        readonly section: "11.4.2";
        readonly sentence: "the guest address width (MGAW + 1) is at most the widest width in SAGAW";
    };
    readonly maskCoversLargePages: {
        readonly capability: "MAMV";
        readonly section: "11.4.2";
        readonly sentence: "with PSI, MAMV is at least 9 where 2 MiB pages, 18 where 1 GiB pages are supported";
    };
    readonly placedInside: {
        readonly capability: "FRO, IRO";
        readonly section: "11.4";
        readonly sentence: "the registers that FRO and IRO place lie inside the register set";
    };
    readonly placedApart: {
        readonly capability: "FRO, IRO";
        readonly section: "11.4";
        readonly sentence: "the registers that FRO and IRO place overlap no other register";
    };
};
/** Capabilities that this release of the unit does not build: a value other than 0 is refused. */
export declare const unbuiltCapabilities: Readonly<Record<string, string>>;
/** Names of older revisions and of drivers for fields of CAP and ECAP. */
export declare const olderNames: Readonly<Record<string, string>>;
