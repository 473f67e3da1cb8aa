/** What Calltouch's sandbox keeps, and the account's fixed values. */

export const SITE = "1000";
export const TOKEN = "ct-sandbox-8f2b1c7d90";

export interface Lead {
  readonly id: number;
  readonly at: number;
  readonly source: string;
  readonly medium: string;
  readonly campaign: string;
  /** What was added by the API: tags by hand, custom fields by name. */
  readonly tags?: readonly string[];
  readonly fields?: Readonly<Record<string, string>>;
}
export interface PhoneCall extends Lead {
  readonly phone: string;
  readonly duration: number;
  readonly dtmf: string;
  /** Given by who imported it. */
  readonly reference?: string;
}
export interface SiteRequest extends Lead {
  readonly fio: string;
  readonly phone: string;
  readonly email: string;
  readonly subject: string;
  readonly number?: string;
  readonly comment?: string;
  readonly session?: string;
}
export interface Chat {
  readonly id: number;
  readonly at: number;
  readonly phone: string;
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
  funnel: string;
  manager: string;
  comment: string;
  fio: string;
  phone: string;
  email: string;
  tags: string[];
  fields: Record<string, string>;
  products: string;
  /** When it was made and last changed, by Calltouch's own clock. */
  createdAt: number;
  updatedAt: number;
  updates: number;
}
export interface Settings {
  hookUrl: string;
  dealUrl?: string;
}
