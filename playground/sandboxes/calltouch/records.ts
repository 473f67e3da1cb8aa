/** What Calltouch's sandbox keeps, and the account's fixed values. */

export const SITE = "1000";
export const TOKEN = "ct-sandbox-8f2b1c7d90";

export interface Lead {
  readonly id: number;
  readonly at: number;
  readonly source: string;
  readonly medium: string;
  readonly campaign: string;
}
export interface PhoneCall extends Lead {
  readonly phone: string;
  readonly duration: number;
  readonly dtmf: string;
}
export interface SiteRequest extends Lead {
  readonly fio: string;
  readonly phone: string;
  readonly email: string;
  readonly subject: string;
}
export interface Deal {
  orderNumber: string;
  calltouchOrderId: number;
  status: string;
  revenue: string;
  orderDate: string;
  statusDate: string;
  leadType: string;
  leadId: string;
  orderName: string;
  updates: number;
}
export interface Settings {
  hookUrl: string;
}
